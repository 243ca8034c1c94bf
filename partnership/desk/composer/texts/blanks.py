"""Blanks in what is written to somebody (partnership.desk.saved_replies.blanks): shown in the browser, refused here.

A form remembers in `blanks` those that saved replies brought. Other brackets are the writer's own words.
"""

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


def blanks_field() -> forms.CharField:
    """Return the hidden field with the names of the blanks that saved replies brought, one a line."""
    attrs = {"data-blanks-target": "brought", "data-replies-target": "blanks"}
    return forms.CharField(required=False, widget=forms.HiddenInput(attrs=attrs))


def refuse_blanks(form: Composer) -> None:
    """Add an error to each text that still has a blank of a saved reply. Nothing leaves with one."""
    brought = set(str(form.cleaned_data.get("blanks") or "").splitlines())
    for name in _texts_of(form):
        still_open = [blank for blank in open_blanks(str(form.cleaned_data.get(name) or "")) if blank in brought]
        for blank in still_open[:1]:
            message = _("Fill in the blank “%(blank)s” first.")
            form.add_error(name, forms.ValidationError(message, params={"blank": blank}))
