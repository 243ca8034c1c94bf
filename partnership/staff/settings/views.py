from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from partnership.staff.access import staff_member
from partnership.staff.settings.records import group_tables


@require_safe
def settings_index(request: HttpRequest) -> HttpResponse:
    """Lead to the admin's first page, which is the index; show it here to who may not open the admin."""
    if staff_member(request).is_staff:
        return redirect("admin:index")
    return render(request, "staff/settings/index.html")


@require_safe
def settings_records(request: HttpRequest) -> HttpResponse:
    groups = group_tables(admin.site.get_app_list(request)) if staff_member(request).is_staff else []
    return render(request, "staff/settings/records.html", {"groups": groups})
