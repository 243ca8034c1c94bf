from django.urls import path, register_converter

from partnership.desk.bulk import views
from partnership.desk.change_history import views
from partnership.desk.composer import draft_views, outgoing_views, views
from partnership.desk.composer.tabs import COMPOSERS
from partnership.desk.contact_points import views
from partnership.desk.conversations import views
from partnership.desk.customer import views
from partnership.desk.customer_list import views
from partnership.desk.decisions import views
from partnership.desk.entries import email_views, views
from partnership.desk.files import views
from partnership.desk.goals import views
from partnership.desk.group_sessions import views
from partnership.desk.lifecycle import views
from partnership.desk.merging import views
from partnership.desk.promises import views
from partnership.desk.saved_views import views
from partnership.desk.search.results import name_views, views
from partnership.desk.tier_pins import views
from partnership.desk.timeline import news_views, views
from partnership.desk.wall.posts import views
from partnership.notifications import views
from partnership.ops import views
from partnership.recoveries import views


class ComposerConverter:
    """One of the composer's tabs, by its name in URLs."""

    regex = "|".join(COMPOSERS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ComposerConverter, "composer")

urlpatterns = [
    path("customers/", views.customers, name="customers"),
    path("customers/new/", views.new_customer, name="new_customer"),
    path("customers/views/", views.views, name="saved_views"),
    path("customers/views/new/", views.new_view, name="new_saved_view"),
    path("customers/views/<int:pk>/", views.edit_view, name="saved_view"),
    path("customers/views/<int:pk>/deletion/", views.view_deletion, name="saved_view_deletion"),
    path("customers/columns/", views.columns, name="list_columns"),
    path("customers/bulk/export/", views.bulk_export, name="bulk_export"),
    path("customers/bulk/history/", views.bulk_history, name="bulk_history"),
    path("customers/bulk/<slug:action>/", views.bulk, name="bulk"),
    path("search/", views.search, name="search"),
    path("palette/", views.palette, name="palette"),
    path("customers/<int:pk>/", views.customer, name="customer"),
    path("customers/<int:pk>/merge/", views.merge_choice, name="merge_choice"),
    path("customers/<int:pk>/merge/<int:other_pk>/", views.new_merge, name="new_merge"),
    path("merges/<int:pk>/", views.merge, name="merge"),
    path("merges/<int:pk>/undoing/", views.merge_undoing, name="merge_undoing"),
    path("customers/<int:pk>/details/", views.edit_customer, name="edit_customer"),
    path("customers/<int:pk>/why/", views.why, name="why"),
    path("customers/<int:pk>/pin/", views.pin, name="tier_pin"),
    path("customers/<int:pk>/pin/removal/", views.removal, name="tier_pin_removal"),
    path("customers/<int:pk>/why.json", views.why_as_json, name="why_json"),
    path("customers/<int:pk>/about/", views.about, name="about"),
    path("customers/<int:pk>/standing/", views.standing, name="standing"),
    path("customers/<int:pk>/commitments/", views.add, name="new_promise"),
    path("customers/names/", name_views.names, name="names"),
    path("customers/<int:pk>/timeline/", views.timeline, name="timeline"),
    path("customers/<int:pk>/timeline/filters/", views.timeline_filters, name="timeline_filters"),
    path("customers/<int:pk>/news/", news_views.news, name="news"),
    path("customers/<int:pk>/entries/<int:entry_pk>/", views.entry, name="entry"),
    path("customers/<int:pk>/entries/<int:entry_pk>/menu/", views.menu, name="entry_menu"),
    path("customers/<int:pk>/entries/<int:entry_pk>/edit/", views.edit, name="entry_edit"),
    path("customers/<int:pk>/entries/<int:entry_pk>/deletion/", views.deletion, name="entry_deletion"),
    path("customers/<int:pk>/entries/<int:entry_pk>/restoration/", views.restoration, name="entry_restoration"),
    path("customers/<int:pk>/entries/<int:entry_pk>/kind/", views.kind, name="entry_kind"),
    path("customers/<int:pk>/entries/<int:entry_pk>/pin/", views.pin, name="entry_pin"),
    path("customers/<int:pk>/entries/<int:entry_pk>/wall/", views.entry_wall, name="entry_wall"),
    path("customers/<int:pk>/entries/<int:entry_pk>/history/", views.of_entry, name="entry_history"),
    path("customers/<int:pk>/entries/<int:entry_pk>/mail/", email_views.entry_mail, name="entry_mail"),
    path("customers/<int:pk>/entries/<int:entry_pk>/decision/", views.decision, name="decision"),
    path("customers/<int:pk>/entries/<int:entry_pk>/decision/stake/", views.stake, name="decision_stake"),
    path("customers/<int:pk>/entries/<int:entry_pk>/exception/", views.exception, name="entry_exception"),
    path("customers/<int:pk>/history/", views.of_customer, name="customer_history"),
    path("customers/<int:pk>/<composer:tab>/", views.compose, name="compose"),
    path("customers/<int:pk>/drafts/", draft_views.drafts, name="drafts"),
    path("customers/<int:pk>/entries/<int:entry_pk>/outgoing/", outgoing_views.outgoing, name="outgoing"),
    path("customers/<int:pk>/entries/<int:entry_pk>/outgoing/retry/", outgoing_views.outgoing_retry, name="outgoing_retry"),
    path("colleagues/", views.colleagues, name="colleagues"),
    path("customers/<int:pk>/contact-points/", views.add, name="contact_points"),
    path("customers/<int:pk>/goals/", views.add, name="goals"),
    path("contact-points/<int:pk>/verification/", views.verification, name="contact_point_verification"),
    path("contact-points/<int:pk>/removal/", views.removal, name="contact_point_removal"),
    path("goals/<int:pk>/check-ins/", views.check_ins, name="check_ins"),
    path("goals/<int:pk>/achievement/", views.achievement, name="goal_achievement"),
    path("goals/<int:pk>/dropping/", views.dropping, name="goal_dropping"),
    path("goals/<int:pk>/correction/", views.correction, name="goal_correction"),
    path("goals/<int:pk>/reopening/", views.reopening, name="goal_reopening"),
    path("promises/<int:pk>/keeping/", views.keeping, name="promise_keeping"),
    path("promises/<int:pk>/release/", views.release, name="promise_release"),
    path("promises/<int:pk>/renegotiation/", views.renegotiation, name="promise_renegotiation"),
    path("promises/<int:pk>/correction/", views.correction, name="promise_correction"),
    path("recoveries/", views.recoveries, name="recoveries"),
    path("recoveries/<int:pk>/", views.recovery, name="recovery"),
    path("recoveries/<int:pk>/forgiveness/", views.forgiveness, name="recovery_forgiveness"),
    path("recoveries/<int:pk>/closure/", views.closure, name="recovery_closure"),
    path("group-session/", views.group_session, name="group_session"),
    path("group-session/people/", views.people, name="group_session_people"),
    path("group-session/summary/", views.summary, name="group_session_summary"),
    path("attachments/<int:pk>/", views.attachment, name="attachment"),
    path("attachments/<int:pk>/preview/", views.preview, name="attachment_preview"),
    path("customers/<int:pk>/entries/<int:entry_pk>/split/", views.entry_split, name="entry_split"),
    path("conversations/<int:pk>/", views.conversation, name="conversation"),
    path("conversations/<int:pk>/closure/", views.closure, name="conversation_closure"),
    path("conversations/<int:pk>/reopening/", views.reopening, name="conversation_reopening"),
    path("conversations/<int:pk>/snooze/", views.snoozing, name="conversation_snooze"),
    path("conversations/<int:pk>/assignment/", views.assignment, name="conversation_assignment"),
    path("conversations/<int:pk>/handover/", views.handover, name="conversation_handover"),
    path("conversations/<int:pk>/joining/", views.joining, name="conversation_joining"),
    path("conversations/<int:pk>/move/", views.move, name="conversation_move"),
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/<int:pk>/", views.notification, name="notification"),
    path("notifications/reading/", views.reading, name="notifications_reading"),
    path("notifications/unread/", views.unread, name="notifications_unread"),
    path("preferences/", views.preferences, name="preferences"),
    path("wall/", views.wall, name="wall"),
    path("media/<path:name>", views.face, name="face"),
    path("healthz", views.healthz, name="healthz"),
]
