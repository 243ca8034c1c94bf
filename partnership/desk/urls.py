from django.urls import include, path

_FEATURES = [
    "backups",
    "bulk",
    "change_history",
    "composer",
    "contact_points",
    "conversations",
    "custom_fields",
    "customer",
    "customer_list",
    "decisions",
    "entries",
    "files",
    "goals",
    "group_sessions",
    "inbox",
    "lifecycle",
    "merging",
    "personal_data",
    "promises",
    "reminders",
    "retention",
    "saved_replies",
    "saved_views",
    "scheduling",
    "search",
    "tier_pins",
    "timeline",
    "wall",
]

urlpatterns = [path("", include(f"partnership.desk.{feature}.urls")) for feature in _FEATURES]
