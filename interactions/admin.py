from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from customers.admin import ReadOnlyAdmin
from interactions.models import Attachment, Conversation, Deletion, Interaction, Outgoing, Settlement
from partnership.staff.admin import AdminsOnly


class AttachmentInline(AdminsOnly, admin.TabularInline):
    model = Attachment
    fields = ["name", "content_type", "size"]
    readonly_fields = ["name", "content_type", "size"]
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Interaction)
class InteractionAdmin(ReadOnlyAdmin):
    list_display = ["occurred_at", "customer", "kind", "direction", "channel", "subject"]
    list_filter = ["kind", "direction", "channel"]
    list_select_related = ["customer"]
    search_fields = ["subject", "customer__sort_key"]
    inlines = [AttachmentInline]


@admin.register(Conversation)
class ConversationAdmin(AdminsOnly, admin.ModelAdmin):
    list_display = ["subject", "customer", "channel", "status", "assignee", "waiting_since"]
    list_filter = ["status", "channel"]
    list_select_related = ["customer", "assignee"]
    search_fields = ["subject", "customer__sort_key"]
    autocomplete_fields = ["assignee"]
    readonly_fields = ["customer", "channel", "last_interaction_at", "waiting_since"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Settlement)
class SettlementAdmin(ReadOnlyAdmin):
    list_display = ["at", "conversation", "answered", "reason", "by"]
    list_filter = ["answered"]
    list_select_related = ["conversation", "by"]
    search_fields = ["reason", "conversation__customer__sort_key"]


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ["name", "content_type", "size", "interaction"]
    list_select_related = ["interaction"]
    search_fields = ["name"]


@admin.register(Deletion)
class DeletionAdmin(ReadOnlyAdmin):
    list_display = ["deleted_at", "customer", "kind", "reason", "by", "undone_at"]
    list_filter = ["kind"]
    list_select_related = ["customer", "by"]
    search_fields = ["reason", "customer__sort_key"]


@admin.register(Outgoing)
class OutgoingAdmin(ReadOnlyAdmin):
    list_display = ["queued_at", "to", "status", "attempts", "sent_at", "interaction"]
    list_filter = ["status"]
    list_select_related = ["interaction__customer"]
    search_fields = ["message_id", "interaction__customer__sort_key"]
