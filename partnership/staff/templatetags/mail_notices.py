"""`{% mail_notice %}`: that mail does not leave, on pages that no view of ours draws."""

from typing import Any

from django import template

from partnership.staff.mail import notices
from partnership.staff.models import User

register = template.Library()


@register.inclusion_tag("components/mail_notice.html", takes_context=True)
def mail_notice(context: template.RequestContext) -> dict[str, Any]:
    user = context["request"].user
    return {"notice": notices.mail_notice(user) if isinstance(user, User) else None}
