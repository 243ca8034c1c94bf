"""Saved views of the list of customers, and the columns that it shows."""

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
from partnership.desk.saved_views.forms import ColumnsForm, NewViewForm, SavedViewForm, clean_query
from partnership.desk.saved_views.selection import requested_view, select_view, views_for
from partnership.desk.web.single_pages import FormPage, QuestionPage
from partnership.staff.access import staff_member
from partnership.staff.models import Preferences


@accepts_form
def new_view(request: HttpRequest) -> HttpResponse:
    """Save the list of the query string `query` with the columns that it shows."""
    user = staff_member(request)
    params = request.POST or request.GET
    query = params.get("query", "")
    view = SavedView(owner=user, columns=list(select_view(user, requested_view(params)).columns))
    form = NewViewForm(posted(request), instance=view, initial={"query": query, "view": params.get("view")})
    if form.is_valid() and save_unique(form):
        return redirect(form.instance)
    return FormPage(
        title=_("Save this view"),
        text=_("Search, filters, order and columns are saved under the name that you give."),
        form=form,
        action=_("Save"),
        back=f"{reverse('customers')}?{clean_query(query)}",
    ).render(request)


@require_safe
def views(request: HttpRequest) -> HttpResponse:
    user = staff_member(request)
    return render(request, "desk/saved_views/saved_views.html", {"views": views_for(user), "user": user})


@accepts_form
def edit_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, owner=staff_member(request))
    form = SavedViewForm(posted(request), instance=view)
    if form.is_valid() and save_unique(form):
        messages.success(request, _("Saved."))
        return redirect("saved_views")
    return FormPage(_("Saved view"), form, _("Save"), back=reverse("saved_views")).render(request)


@accepts_form
def view_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    user = staff_member(request)
    view = get_object_or_404(views_for(user), pk=pk)
    if view.owner_id != user.pk and not user.is_manager:
        raise PermissionDenied
    if request.method == "POST":
        view.delete()
        messages.success(request, _("The view is deleted."))
        return redirect("saved_views")
    return QuestionPage(
        question=_("Delete this view?"),
        text=view.name,
        effect=_("The customers stay as they are. The view is gone for everybody who uses it."),
        url=request.path,
        action=_("Delete"),
        back=reverse("saved_views"),
    ).render(request)


@require_POST
def columns(request: HttpRequest) -> HttpResponse:
    """Choose the columns of the user's own view that is open, else of the user's list."""
    user = staff_member(request)
    form = ColumnsForm(request.POST)
    chosen = form.cleaned_data["column"] if form.is_valid() else []
    view = SavedView.objects.filter(owner=user, pk=requested_view(request.POST) or 0).first()
    if view:
        view.columns = chosen
        view.save(update_fields=["columns"])
        return redirect(view)
    Preferences.objects.update_or_create(user=user, defaults={"columns": chosen})
    return redirect(f"{reverse('customers')}?{clean_query(request.POST.get('query', ''))}")
