from uuid import uuid4

from django import forms


class Once(forms.Form):
    """`ref` makes one of a form that was sent twice, by a double click or by going back and sending it again."""

    ref = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4, required=False)

    def clean_ref(self) -> str:
        return str(self.cleaned_data["ref"] or uuid4())
