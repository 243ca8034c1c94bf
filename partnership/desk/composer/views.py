from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import trigger_client_event

from customers.models import Customer
from interactions.errors import ActionRefused
from partnership.core.params import parse_number
from partnership.core.requests import posted
from partnership.desk.composer.drafts import draft_of, drop_draft, writing_now
from partnership.desk.composer.tabs import TABS, Composer, composer_of
from partnership.desk.customer.page import customer_page, modesty_of, relationship_or_404
from partnership.notifications.notify import notify_mentions
from partnership.staff.access import staff_member
from partnership.staff.models import User

COLLEAGUES = 8


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def compose(request: HttpRequest, pk: int, tab: str) -> HttpResponse:
    """A tab of the composer: GET shows the customer's page with it open, POST records; `preview` only looks."""
    by = staff_member(request)
    customer = relationship_or_404(by, pk, today=timezone.localdate())
    if customer.merged_into_id:
        raise Http404
    if request.method != "POST":
        form = composer_of(customer, tab, by=by, initial=begun(request, customer, tab))
        return show(request, form)
    form = composer_of(customer, tab, by=by, given=posted(request), files=request.FILES)
    if "preview" in request.POST:
        return show(request, form, preview=form.preview())
    return sent(request, form) if recorded(form) else show(request, form, status=422)


def begun(request: HttpRequest, customer: Customer, tab: str) -> dict[str, str]:
    """One's draft; in answer to `conversation`, or, where nothing is written yet, to `entry`'s if it is theirs."""
    draft = draft_of(staff_member(request), customer, tab)
    if "conversation" in request.GET:
        return draft | {"conversation": request.GET["conversation"]}
    entry = parse_number(request.GET.get("entry", ""))
    if draft or not entry:
        return draft
    thread = customer.interactions.filter(pk=entry).values_list("conversation", flat=True).first()
    return {"conversation": str(thread)} if thread else {}


@transaction.atomic
def recorded(form: Composer) -> bool:
    if not form.is_valid():
        return False
    now = timezone.now()
    try:
        row = form.save(at=now)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return False
    if form.for_colleagues:
        notify_mentions(row, by=form.by, at=now)
    drop_draft(form)
    return True


def sent(request: HttpRequest, form: Composer) -> HttpResponse:
    """To htmx an empty composer alone: nothing else on the page, least of all what is half written, is touched."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, form.done)
        return redirect(form.customer)
    empty = composer_of(form.customer, form.tab, by=form.by)
    return trigger_client_event(show(request, empty, said=form.done), "recorded", after="swap")


def show(request: HttpRequest, form: Composer, *, status: int = 200, **more: object) -> HttpResponse:
    writing = writing_now(form.customer, form.by, at=timezone.now())
    if request.htmx:  # type: ignore[attr-defined]
        no_nudge = modesty_of(form.customer).refusal()
        context = {"customer": form.customer, "form": form, "tabs": TABS, "no_nudge": no_nudge}
        return render(request, "desk/composer/composer.html", {**context, "writing": writing, **more}, status=status)
    page = customer_page(request, form.customer, form=form)
    return render(request, "desk/customer/customer.html", {**page, "writing": writing, **more}, status=status)


@require_safe
def colleagues(request: HttpRequest) -> HttpResponse:
    """Who can be mentioned, by the beginning of a word of their name: options of a list."""
    begun = request.GET.get("q", "").strip()[:60]
    found = User.objects.filter(is_active=True).exclude(pk=staff_member(request).pk)
    if begun:
        found = found.filter(name__istartswith=begun) | found.filter(name__icontains=f" {begun}")
    return render(
        request, "desk/composer/composer_colleagues.html", {"colleagues": found.order_by("name")[:COLLEAGUES]}
    )
