from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.admin import Authenticator
from allauth.socialaccount.admin import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.admin import UserSession
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import Field, Model
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from partnership.staff.access import staff_member
from partnership.staff.audit_log import Kind, record
from partnership.staff.models import Department, Firm, GoodwillBudget, TimedKind, User
from partnership.staff.models.firm import usual_delivery_kinds
from partnership.staff.sign_in.mails import begin_address


class AdminsOnly:
    """Restrict an admin page to administrators. `is_staff` decides who may open the admin at all."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_admin_request(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_admin_request(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_admin_request(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_admin_request(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_admin_request(request)


def is_admin_request(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_active and request.user.is_admin


# Roles are the three groups that the first migrations make.
admin.site.unregister(Group)
# Second factors, sessions and identities are their owner's: whoever reads or writes them signs in as them.
admin.site.unregister([Authenticator, UserSession, SocialAccount, SocialApp, SocialToken])


@admin.register(Firm)
class FirmAdmin(AdminsOnly, admin.ModelAdmin):
    """Allow one row, which the first run creates. How its staff sign in is set on a page of its own."""

    exclude = ["second_factor_roles", "idle_minutes", "trusts_provider_factor"]

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **options: Any) -> Any:
        """Offer the languages that there are, and kinds of entries as check boxes."""
        label = capfirst(db_field.verbose_name)
        if db_field.name == "language":
            return forms.ChoiceField(label=label, choices=settings.LANGUAGES)
        if db_field.name == "delivery_kinds":
            return forms.MultipleChoiceField(
                label=label, choices=TimedKind.choices, widget=forms.CheckboxSelectMultiple, required=False,
                initial=usual_delivery_kinds, help_text=db_field.help_text,
            )  # fmt: skip
        return super().formfield_for_dbfield(db_field, request, **options)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_admin_request(request) and not Firm.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Department)
class DepartmentAdmin(AdminsOnly, admin.ModelAdmin):
    search_fields = ["name"]


class _NewUserForm(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]


class _EditUserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: dict[str, type[forms.Field]] = {}


@admin.register(User)
class StaffAdmin(AdminsOnly, UserAdmin):
    """Ask for the administrator's own password before a change of how a colleague signs in."""

    form = _EditUserForm
    add_form = _NewUserForm
    list_display = ["name", "email", "department", "is_active", "is_staff"]
    list_filter = ["groups", "department", "is_active", "is_staff"]
    list_select_related = ["department"]
    search_fields = ["name", "email"]
    ordering = ["name", "id"]
    autocomplete_fields = ["cover", "department"]
    filter_horizontal = ["groups"]
    readonly_fields = ["last_login", "joined_at"]
    fieldsets = [
        (None, {"fields": ["name", "email", "password", "photo", "signature", "department"]}),
        (_("Away"), {"fields": ["away_from", "away_to", "cover"]}),
        (_("Rights"), {"fields": ["is_active", "groups", "is_staff", "is_superuser"]}),
        (_("Dates"), {"fields": ["last_login", "joined_at"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "password1", "password2"]})]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise_if_reauthentication_required(request, app="allauth.account")
        response: HttpResponse = super().changeform_view(request, *args, **kwargs)
        return response

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        raise_if_reauthentication_required(request, app="allauth.account")
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            record(Kind.PASSWORD, by=staff_member(request), about=User.objects.get(pk=id))
        return response

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the colleague. A new address is asked to confirm itself; the old one has ended."""
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            begin_address(obj)


@admin.register(GoodwillBudget)
class GoodwillBudgetAdmin(AdminsOnly, admin.ModelAdmin):
    list_display = ["staff_member", "amount", "minutes", "period"]
    list_select_related = ["staff_member"]
    autocomplete_fields = ["staff_member"]
