"""The form that forwards a customer's mail to a colleague or another address."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import escape, linebreaks
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from interactions.actions.attachments import StoredFile
from interactions.mailboxes.forwarding import forward_mail, forwarding_obstacle, quote_entry
from interactions.markdown import render_markdown
from interactions.models import Interaction
from partnership.core.forms import line_field, text_field
from partnership.core.params import parse_number
from partnership.desk.composer.base import Composer, Written
from partnership.desk.composer.fields import AddressesField, CarriedFilesField, FilesField
from partnership.desk.composer.texts.blanks import blanks_field, mark_texts, refuse_blanks
from partnership.desk.files.stored_files import pack_file
from partnership.staff.mail.notices import MailNotice, departure_message, mail_notice
from partnership.staff.models import User


class ForwardForm(Composer):
    """`entry`: the key of the mail that is sent on."""

    tab, title, action = "forwards", _("Forward"), _("Forward to this address")
    written = "body"
    aside: tuple[str, ...] = ("attachments",)
    field_order = ["to", "subject", "body", "carried", "attachments"]

    entry = forms.CharField(required=False, widget=forms.HiddenInput)
    to = AddressesField(label=pgettext_lazy("recipient", "To"))
    subject = line_field(_("Subject"), max_length=500)
    blanks = blanks_field()
    body = text_field(_("What you write above it"), rows=3, required=False)
    carried = CarriedFilesField()
    attachments = FilesField()

    def adapt_fields(self) -> None:
        mark_texts(self)
        to = self.fields["to"]
        to.required, to.error_messages["required"] = True, gettext("Write the address that gets it.")
        to.widget.attrs |= {"list": "forward-colleagues", "autocomplete": "off", "autofocus": True}
        self.hint = gettext("%(name)s does not receive it. If they wait for an answer, they still wait.") % {
            "name": self.customer.display_name
        }
        forwarded = self.forwarded
        if forwarded is None:
            return
        kept = self.initial.get("carried")
        if kept is None:
            files = forwarded.attachments.order_by("pk")
            kept = "\n".join(pack_file(StoredFile.of(file)) for file in files)
            self.initial.setdefault("subject", _forward_subject(forwarded))
        self.offer_carried(str(kept))

    @cached_property
    def forwarded(self) -> Interaction | None:
        """The mail that is sent on; None without one that can be."""
        pk = parse_number(str((self.data if self.is_bound else self.initial).get("entry") or ""))
        found = self.customer.interactions.filter(pk=pk or 0).select_related("author", "person", "customer").first()
        return found if found and not forwarding_obstacle(found) else None

    @property
    def lacks_entry(self) -> bool:
        return self.forwarded is None

    @cached_property
    def quoted(self) -> str:
        """What stands below the text."""
        return quote_entry(self.forwarded) if self.forwarded else ""

    def colleagues(self) -> QuerySet[User]:
        return User.objects.filter(is_active=True).exclude(pk=self.by.pk).only("name", "email")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        refuse_blanks(self)
        return given

    def clean_entry(self) -> str:
        if self.forwarded is None:
            raise forms.ValidationError(_("Choose the mail to forward from its menu."))
        return str(self.forwarded.pk)

    def preview(self) -> str:
        return render_markdown(self["body"].value() or "") + linebreaks(escape(self.quoted))

    @cached_property
    def mail_notice(self) -> MailNotice | None:
        return mail_notice(self.by)

    @property
    def done(self) -> str:
        return departure_message(", ".join(self.cleaned_data["to"]))

    def save(self, *, at: datetime) -> Interaction:
        given = self.cleaned_data
        assert self.forwarded is not None
        return forward_mail(
            self.forwarded, to=given["to"], subject=given["subject"], body=given["body"], by=self.by, at=at,
            external_id=given["ref"], files=[*given.get("carried", ()), *given["attachments"]],
        )  # fmt: skip

    def undo_url(self, written: Written) -> str:
        assert isinstance(written, Interaction)
        return reverse("outgoing_undo", args=[written.customer_id, written.pk]) if settings.MAIL_UNDO_SECONDS else ""


def _forward_subject(entry: Interaction) -> str:
    subject = entry.subject or (entry.conversation.subject if entry.conversation else "")
    return subject if subject.lower().startswith(("fwd:", "fw:", "wg:")) else f"Fwd: {subject}".strip()
