"""Blanks in a text to a customer (partnership.desk.saved_replies.blanks): shown in the browser, refused here."""

from django import forms
from django.utils.translation import gettext as _

from partnership.desk.composer.base import Composer
from partnership.desk.saved_replies.blanks import open_blanks

_TEXTS = ("subject", "body", "reason", "alternative")


def _texts_of(form: Composer) -> list[str]:
    return [name for name in _TEXTS if name in form.fields]


def mark_texts(form: Composer) -> None:
    """Let js/controllers/blanks.js find the texts, and js/controllers/replies.js the one that is written."""
    for name in _texts_of(form):
        attrs = form.fields[name].widget.attrs
        attrs["data-blanks-target"] = "text"
        actions = ["keydown->blanks#next"]
        if name == form.written:
            attrs["data-replies-target"] = "field"
            actions = ["input->replies#offer", "blur->replies#close", "keydown->replies#press", *actions]
        attrs["data-action"] = " ".join(actions)


def refuse_blanks(form: Composer) -> None:
    """Add an error to each text that still has a blank. Nothing leaves with one."""
    for name in _texts_of(form):
        for blank in open_blanks(str(form.cleaned_data.get(name) or ""))[:1]:
            message = _("Fill in the blank “%(blank)s” first.")
            form.add_error(name, forms.ValidationError(message, params={"blank": blank}))
