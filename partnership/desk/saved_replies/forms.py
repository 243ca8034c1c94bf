"""The form of a saved reply."""

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnership.desk.models import SavedReply
from partnership.desk.saved_replies.blanks import RECORD_BLANKS, has_nameless_blank, unknown_blanks


class SavedReplyForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), required=False)

    class Meta:
        model = SavedReply
        fields = ["title", "language", "text", "shared"]
        widgets = {
            "title": forms.TextInput(attrs={"dir": "auto"}),
            "text": forms.Textarea(attrs={"rows": 10, "dir": "auto"}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        codes = {code for code, known in LANG_INFO.items() if "name" in known} | {self.instance.language} - {""}
        named = sorted(
            ((code, Customer(language=code).language_name) for code in codes), key=lambda one: one[1].casefold()
        )
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [("", gettext("any language")), *named]
        known = "; ".join(f"{{{{{name}}}}} {gettext(str(label))}" for name, label in RECORD_BLANKS.items())
        self.fields["text"].help_text = _(
            "Filled in from the record: %(known)s. Anything else stands in [[double square brackets]] and is written "
            "before the reply can be sent: [[what we agreed]]."
        ) % {"known": known}

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if unknown := unknown_blanks(text):
            raise ValidationError(
                _("The record has no “%(name)s”. Write [[%(name)s]] for a blank that you fill in yourself."),
                params={"name": unknown[0]},
            )
        if has_nameless_blank(text):
            raise ValidationError(_("Name the blank between the brackets, such as [[agreed date]]."))
        return text
