"""The access table: the minimum role for each page and action, by URL name. See docs/roles.md.

Restricted customers are filtered by visible_to, and rights on single entries are in interactions.permissions.
"""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from partnership.staff.models import ADMIN, MANAGER, SUPPORT, User

# URL name → role. A URL with several actions has "<name> <action>" for each.
LEAST_ROLE = {
    **dict.fromkeys(
        [
            "focus", "focus_next", "conversations", "conversations_next",
            "focus_item_taking", "focus_item_snooze", "focus_item_done", "focus_item_handover",
            "customers", "saved_views", "new_saved_view", "saved_view", "saved_view_deletion", "list_columns",
            "bulk tag", "bulk untag", "bulk assign", "bulk lifecycle", "bulk_export", "search", "palette", "names",
            "tag_suggestions", "likely_duplicates", "profile", "security",
            "session_ending", "other_sessions_ending",
            "customer", "new_customer", "edit_customer", "about", "why", "why_json", "standing", "customer_history",
            "contact_points", "contact_point_verification", "contact_point_removal",
            "goals", "check_ins", "goal_correction", "goal_achievement", "goal_dropping", "goal_reopening",
            "new_promise", "promise_correction", "promise_keeping", "promise_release", "promise_renegotiation",
            "check_in_withdrawal", "entry_undo", "entry_retraction", "entry_wall_undo", "standing_undo", "bulk_undo",
            "focus_item_undo", "promise_reopening", "promise_withdrawal", "promise_renegotiation_undo",
            "my_promises", "my_drafts", "timeline", "timeline_filters", "news",
            "drafts", "draft_discarding", "draft_restoration", "compose", "colleagues",
            "outgoing", "outgoing_retry", "outgoing_undo",
            "scheduled", "scheduled_sending", "scheduled_cancellation", "scheduled_editing", "scheduled_discarding",
            "scheduled_restoration", "saved_replies", "new_saved_reply", "saved_reply", "saved_reply_deletion",
            "saved_reply_text", "reminder", "reminder_removal", "reminder_restoration",
            "entry", "entry_menu", "entry_edit", "entry_deletion", "entry_restoration", "entry_kind", "entry_pin",
            "entry_history", "entry_mail", "entry_split", "entry_wall", "wall",
            "conversation", "conversation_assignment", "conversation_closure", "conversation_reopening",
            "conversation_snooze", "conversation_handover", "conversation_joining", "conversation_move",
            "conversation_undo",
            "attachment", "attachment_preview", "face", "firm_logo", "group_session", "group_session_people",
            "group_session_summary", "notifications", "notification", "notifications_reading", "notifications_unread",
            "preferences", "merge", "decision", "decision_stake", "entry_exception",
            "recoveries", "recovery", "recovery_forgiveness", "recovery_closure",
        ],
        SUPPORT,
    ),
    **dict.fromkeys(
        [
            "bulk_history", "customer_data", "merge_choice", "new_merge", "merge_undoing", "tier_pin",
            "tier_pin_removal", "tier_pin_undo",
        ],
        MANAGER,
    ),
    **dict.fromkeys(
        [
            "health", "health_goals", "health_promises", "health_attention", "health_money",
            "health_renewals", "health_colleagues", "health_colleague_rows", "health_quadrant", "health_movers",
            "health_flow", "health_answers", "health_recoveries", "health_free", "health_network", "health_grades",
            "health_trends", "health_rows", "health_customers", "health_weekly_summary",
            "health_alerts", "health_alert_edit", "health_alert_removal", "health_alert_restoration",
            "health_raised_alert_looking", "health_raised_alert_undo",
        ],
        MANAGER,
    ),
    **dict.fromkeys(
        [
            "audit_log", "people", "person", "person_role", "person_disabling", "person_enabling", "person_sign_out",
            "person_handover", "invite", "invitation_sending", "invitation_withdrawal",
            "settings", "settings_records", "sign_in_settings", "second_factor_reset", "mail_settings",
            "firm_settings", "firm_hours", "firm_terms",
            "outbox", "outbox_mail", "customer_erasure", "erasures", "erasure", "erasure_file",
            "retention", "retention_switch", "backups", "new_backup", "backup_file",
            "custom_fields", "new_custom_field", "custom_field", "custom_field_archiving", "custom_field_restoration",
        ],
        ADMIN,
    ),
}  # fmt: skip

# Open without signing in. Pages of allauth (account_…, mfa_…, openid_connect_…) and of the admin check access
# themselves.
PUBLIC_PAGES = frozenset({"welcome", "healthz", "invitation", "accent_css"})


def staff_member(request: HttpRequest) -> User:
    """Return the signed-in user."""
    assert isinstance(request.user, User)  # LoginRequiredMiddleware sees to it
    return request.user


def has_role(user: User, role: str) -> bool:
    """Check whether the user has this role or a higher one."""
    return {SUPPORT: user.is_superuser or bool(user.roles), MANAGER: user.is_manager, ADMIN: user.is_admin}[role]


class RoleMiddleware:
    """Refuse users without the required role. A page that is missing from the table is refused to everyone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: dict[str, str]
    ) -> HttpResponse | None:
        match, user = request.resolver_match, request.user
        if match is None or not isinstance(user, User) or is_exempt(match.namespace, match.url_name or ""):
            return None
        if not has_role(user, SUPPORT):
            return _say_whom_to_ask(request)
        least = LEAST_ROLE.get(" ".join(filter(None, [match.url_name, kwargs.get("action")])))
        if least is None or not has_role(user, least):
            raise PermissionDenied
        return None


def _say_whom_to_ask(request: HttpRequest) -> HttpResponse:
    """Tell a colleague without a role who can give them one."""
    admins = User.objects.admins().order_by("name", "id")
    return render(request, "staff/no_role.html", {"admins": admins}, status=403)


def is_exempt(namespace: str, name: str) -> bool:
    """Check whether the access table does not apply to this URL."""
    return bool(namespace) or name in PUBLIC_PAGES or name.startswith(("account_", "mfa_", "openid_connect_"))
