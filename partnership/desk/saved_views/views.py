"""Lists worth coming back to, one's own and shared; and which columns the list shows."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partnership.core.forms import save_unique
from partnership.core.requests import accepts_form, posted
from partnership.desk.models import SavedView
from partnership.desk.saved_views.forms import ColumnsForm, NewViewForm, SavedViewForm, understood
from partnership.desk.saved_views.selection import Shelf, view_named, views_for
from partnership.staff.access import staff_member
from partnership.staff.models import Preferences


@accepts_form
def new_view(request: HttpRequest) -> HttpResponse:
    """Keep the list whose query string is `query`, with the columns that it shows."""
    user = staff_member(request)
    asked = request.POST or request.GET
    query = asked.get("query", "")
    view = SavedView(owner=user, columns=list(Shelf.of(user, view_named(asked)).columns))
    form = NewViewForm(posted(request), instance=view, initial={"query": query, "view": asked.get("view")})
    if form.is_valid() and save_unique(form):
        return redirect(address_of(form.instance))
    context = {
        "title": _("Save this view"),
        "text": _("Search, filters, order and columns are kept under a name of yours."),
        "form": form,
        "action": _("Save"),
        "back": f"{reverse('customers')}?{understood(query)}",
    }
    return render(request, "desk/web/form.html", context, status=422 if form.is_bound else 200)


@require_safe
def views(request: HttpRequest) -> HttpResponse:
    user = staff_member(request)
    return render(request, "desk/saved_views/saved_views.html", {"views": views_for(user.pk), "user": user})


@accepts_form
def edit_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, owner=staff_member(request))
    form = SavedViewForm(posted(request), instance=view)
    if form.is_valid() and save_unique(form):
        messages.success(request, _("Saved."))
        return redirect("saved_views")
    context = {"title": _("Saved view"), "form": form, "action": _("Save"), "back": reverse("saved_views")}
    return render(request, "desk/web/form.html", context, status=422 if form.is_bound else 200)


@accepts_form
def view_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    user = staff_member(request)
    view = get_object_or_404(views_for(user.pk), pk=pk)
    if view.owner_id != user.pk and not user.is_manager:
        raise PermissionDenied
    if request.method == "POST":
        view.delete()
        messages.success(request, _("The view is gone."))
        return redirect("saved_views")
    context = {
        "question": _("Delete this view?"),
        "text": view.name,
        "effect": _("The customers stay as they are. Nobody can open this view any more."),
        "url": request.path,
        "action": _("Delete"),
        "back": reverse("saved_views"),
    }
    return render(request, "confirm.html", context)


@require_POST
def columns(request: HttpRequest) -> HttpResponse:
    """Those of one's own view that is looked at, else of the list as one likes it."""
    user = staff_member(request)
    form = ColumnsForm(request.POST)
    chosen = form.cleaned_data["column"] if form.is_valid() else []
    view = SavedView.objects.filter(owner=user, pk=view_named(request.POST) or 0).first()
    if view:
        view.columns = chosen
        view.save(update_fields=["columns"])
        return redirect(address_of(view))
    Preferences.objects.update_or_create(user=user, defaults={"columns": chosen})
    return redirect(f"{reverse('customers')}?{understood(request.POST.get('query', ''))}")


def address_of(view: SavedView) -> str:
    return f"{reverse('customers')}?{'&'.join(filter(None, (view.query, f'view={view.pk}')))}"
