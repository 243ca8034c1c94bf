from dataclasses import asdict, dataclass

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from partnership.core.requests import accepts_form, posted, render_page, report_done
from partnership.core.translatable_text import translate_stored
from partnership.staff.access import staff_member
from partnership.staff.audit_log import Kind, record
from partnership.staff.mail.forms import MailServerForm, SenderForm
from partnership.staff.mail.sender import sender_address
from partnership.staff.mail.transport import (
    FIRM_BACKEND,
    MailServer,
    Transport,
    environment_server,
    mail_server,
    mail_transport,
)
from partnership.staff.mail.trial import TrialResult, send_test
from partnership.staff.models import Firm, MailSettings, User

_RESULT = "mail_test"


@dataclass(frozen=True)
class _MailPage:
    """`server_form` and `sender_form`: None where the environment sets what they ask for, which `fixed` and `sender`
    then show; `is_open`: the saved connection is not encrypted; `backend`: the environment's, where it is not ours;
    `result`: that of the test that was just sent."""

    server_form: MailServerForm | None
    sender_form: SenderForm | None
    fixed: MailServer | None
    sender: str
    is_open: bool
    backend: str
    keeps_mail: bool
    test_to: str
    result: TrialResult | None
    words: str


@accepts_form
def mail_settings(request: HttpRequest) -> HttpResponse:
    """Show and change the mail server and the sender; with `test`, send a test to the administrator's own address."""
    raise_if_reauthentication_required(request, app="allauth.account")
    firm, user = Firm.current(), staff_member(request)
    is_fixed = bool(settings.EMAIL_HOST)
    saved = MailSettings.current()
    server_form = None if is_fixed else MailServerForm(posted(request), instance=saved)
    sender_form = None if settings.MAIL_SENDER else SenderForm(posted(request), instance=firm)
    asked = [form for form in (server_form, sender_form) if form is not None]
    wrong = [form for form in asked if not form.is_valid()]  # a list, so that each shows its errors
    if request.method == "POST" and not wrong:
        with transaction.atomic():
            before = MailSettings.current()
            for form in asked:
                form.save()
            _log(before, MailSettings.current(), by=user)
        if "test" in request.POST and (server := mail_server()):
            request.session[_RESULT] = asdict(send_test(server, firm=Firm.current(), to=user.email))
        elif asked:
            report_done(request, _("The mail settings are saved."))
        return redirect("mail_settings")
    kept = request.session.pop(_RESULT, None) if request.method == "GET" else None
    result = TrialResult(**kept) if kept else None
    page = _MailPage(
        server_form=server_form,
        sender_form=sender_form,
        fixed=environment_server() if is_fixed else None,
        sender=sender_address(firm),
        is_open=saved is not None and saved.security == MailSettings.Security.NONE,
        backend="" if settings.EMAIL_BACKEND == FIRM_BACKEND else settings.EMAIL_BACKEND,
        keeps_mail=mail_transport() is Transport.OUTBOX,
        test_to=user.email,
        result=result,
        words=translate_stored(result.words) if result else "",
    )
    return render_page(request, "staff/mail/mail_settings.html", page, status=422 if request.method == "POST" else 200)


def _log(before: MailSettings | None, after: MailSettings | None, *, by: User) -> None:
    """Write what has changed of the mail server into the firm's log; of its password no more than that."""
    old, new = _facts(before), _facts(after)
    changed = {name: {"from": old[name], "to": new[name]} for name in new if old[name] != new[name]}
    is_new_password = after is not None and after.password != (before.password if before else "")
    if changed or is_new_password:
        password = {"password": _("changed")} if is_new_password else {}
        record(Kind.SETTING, by=by, about=_("Mail server"), facts={**changed, **password})


def _facts(saved: MailSettings | None) -> dict[str, str]:
    if saved is None:
        return dict.fromkeys(("mail_server", "encryption", "user_name"), "")
    return {"mail_server": str(saved), "encryption": saved.get_security_display(), "user_name": saved.user}
