from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.admin import Authenticator
from allauth.socialaccount.admin import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.admin import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _

from partnership.core.params import parse_number
from partnership.staff.access import staff_member
from partnership.staff.audit_log import Kind, record
from partnership.staff.models import ROLE_NAMES, Department, Firm, GoodwillBudget, User
from partnership.staff.people.actions import give_role
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
    """Lead to the pages of the firm's settings, the one place where they are changed."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return _to_settings(request)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _to_settings(request)


def _to_settings(request: HttpRequest) -> HttpResponse:
    if not is_admin_request(request):
        raise PermissionDenied
    return redirect("firm_settings")


@admin.register(Department)
class DepartmentAdmin(AdminsOnly, admin.ModelAdmin):
    search_fields = ["name"]


class _NewUserForm(BaseUserCreationForm):
    role = forms.ChoiceField(label=_("Role"), choices=list(ROLE_NAMES.items()))

    class Meta:
        model = User
        fields = ["email", "name"]


class _EditUserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: dict[str, type[forms.Field]] = {}


class _PasswordForm(AdminPasswordChangeForm):
    """A new password. To close an account there is disabling, which no admin can do to themselves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        for name in ("password1", "password2"):
            self.fields[name].required = True


@admin.register(User)
class StaffAdmin(AdminsOnly, UserAdmin):
    """Ask for the administrator's own password before a change of how a colleague signs in.

    Rights are shown only: the page of the colleague changes them, by the rules of staff.people.rules.
    """

    form = _EditUserForm
    add_form = _NewUserForm
    change_password_form = _PasswordForm
    list_display = ["name", "email", "department", "is_active", "is_staff"]
    list_filter = ["groups", "department", "is_active", "is_staff"]
    list_select_related = ["department"]
    search_fields = ["name", "email"]
    ordering = ["name", "id"]
    autocomplete_fields = ["cover", "department"]
    readonly_fields = ["last_login", "joined_at", "is_active", "groups", "is_staff", "is_superuser"]
    fieldsets = [
        (None, {"fields": ["name", "email", "password", "photo", "signature", "department"]}),
        (_("Away"), {"fields": ["away_from", "away_to", "cover"]}),
        (
            _("Rights"),
            {
                "fields": ["is_active", "groups", "is_staff", "is_superuser"],
                "description": _("Change them in the settings, under Colleagues."),
            },
        ),
        (_("Dates"), {"fields": ["last_login", "joined_at"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "role", "password1", "password2"]})]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Lead to the colleague's page, which disables instead."""
        user = get_object_or_404(User, pk=parse_number(object_id) or 0)
        if not is_admin_request(request):
            raise PermissionDenied
        messages.error(request, _("Colleagues are not deleted: disable them instead."))
        return redirect("person", user.pk)

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
        if not change:
            give_role(obj, form.cleaned_data["role"])
        if "email" in form.changed_data:
            begin_address(obj)


@admin.register(GoodwillBudget)
class GoodwillBudgetAdmin(AdminsOnly, admin.ModelAdmin):
    list_display = ["staff_member", "amount", "minutes", "period"]
    list_select_related = ["staff_member"]
    autocomplete_fields = ["staff_member"]
