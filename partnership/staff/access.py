"""Who may do what: the least role that a page or action asks for, by its URL's name. docs/roles.md says it in words.

Whose customer or entry it is narrows this further: restricted customers are not there for others (visible_to), and
what somebody else wrote is theirs to change (interactions.permissions).
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from partnership.staff.models import ADMIN, MANAGER, SUPPORT, User

LEAST_ROLE = {
    **dict.fromkeys(
        [
            "focus", "focus_thread", "focus_item_taking", "focus_item_snooze", "focus_item_done", "focus_item_handover",
            "customers", "saved_views", "new_saved_view", "saved_view", "saved_view_deletion", "list_columns",
            "bulk tag", "bulk untag", "bulk assign", "bulk lifecycle", "bulk_export", "search", "palette", "names",
            "customer", "new_customer", "edit_customer", "about", "why", "why_json", "standing", "customer_history",
            "contact_points", "contact_point_verification", "contact_point_removal",
            "goals", "check_ins", "goal_correction", "goal_achievement", "goal_dropping", "goal_reopening",
            "new_promise", "promise_correction", "promise_keeping", "promise_release", "promise_renegotiation",
            "timeline", "timeline_filters", "news", "drafts", "compose", "colleagues", "outgoing", "outgoing_retry",
            "entry", "entry_menu", "entry_edit", "entry_deletion", "entry_restoration", "entry_kind", "entry_pin",
            "entry_history", "entry_mail", "entry_split", "entry_wall", "wall",
            "conversation", "conversation_assignment", "conversation_closure", "conversation_reopening",
            "conversation_snooze", "conversation_handover", "conversation_joining", "conversation_move",
            "attachment", "attachment_preview", "face", "group_session", "group_session_people",
            "group_session_summary", "notifications", "notification", "notifications_reading", "notifications_unread",
            "preferences", "merge", "decision", "decision_stake", "entry_exception",
            "recoveries", "recovery", "recovery_forgiveness", "recovery_closure",
        ],
        SUPPORT,
    ),
    **dict.fromkeys(
        ["bulk_history", "merge_choice", "new_merge", "merge_undoing", "tier_pin", "tier_pin_removal"], MANAGER
    ),
    **dict.fromkeys(
        [
            "health", "health_goals", "health_promises", "health_attention", "health_quadrant", "health_movers",
            "health_flow", "health_answers", "health_recoveries", "health_free", "health_network", "health_grades",
            "health_rows", "health_customers", "health_weekly_summary",
        ],
        MANAGER,
    ),
}  # fmt: skip
"""Where one URL does several things, the thing is named behind it."""

FREE = frozenset({"welcome", "healthz"})
"""Open to whoever comes; so is one's own account (account_…), and the admin sees to itself."""


def staff_member(request: HttpRequest) -> User:
    """Return who is signed in."""
    assert isinstance(request.user, User)  # LoginRequiredMiddleware lets nobody else through
    return request.user


def holds(user: User, role: str) -> bool:
    """Whether somebody has that role or one above it."""
    return {SUPPORT: user.is_superuser or bool(user.roles), MANAGER: user.is_manager, ADMIN: user.is_admin}[role]


class RoleMiddleware:
    """Refuses whoever lacks the role; a page that the table leaves out is nobody's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        match, user = request.resolver_match, request.user
        if match is None or not isinstance(user, User) or is_elsewhere(match.namespace, match.url_name or ""):
            return
        least = LEAST_ROLE.get(" ".join(filter(None, [match.url_name, kwargs.get("action")])))
        if least is None or not holds(user, least):
            raise PermissionDenied


def is_elsewhere(namespace: str, name: str) -> bool:
    return bool(namespace) or name in FREE or name.startswith("account_")
