from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from customers.lookups import visible_customers
from customers.models import Customer
from customers.querysets import CustomerQuerySet
from customers.search import word_condition
from interactions.actions.group_sessions import hold_session
from interactions.models import Interaction
from interactions.models.kinds import Kind
from partnership.core.requests import posted
from partnership.desk.group_sessions.forms import GroupSessionForm, PersonLine, is_empty
from partnership.staff.access import staff_member
from partnership.staff.external_ids import OWN_SOURCE

MOST = 300
"""People of one session: three fields each, of the thousand that Django reads of a form."""

FOUND = 12
LAST = "group_session"
"""The key of the session under which the summary finds what was recorded last."""


@require_http_methods(["GET", "HEAD", "POST"])
def group_session(request: HttpRequest) -> HttpResponse:
    """GET takes the people from ?tag= and ?person=; POST records, once however often it is sent."""
    form = GroupSessionForm(posted(request))
    people = list(chosen(request)[: MOST + 1])
    lines = [PersonLine(one, posted(request)) for one in people[:MOST]]
    if form.is_valid() and may_be_held(form, lines, len(people)):
        held = form.session()
        hold_session(held, attendees=[line.attendee for line in lines], at=timezone.now(), by=staff_member(request))
        request.session[LAST] = {"ref": held.ref, "title": held.title, "people": [line.customer.pk for line in lines]}
        return redirect("group_session_summary")
    context = {"form": form, "lines": lines, "tag": request.GET.get("tag", ""), "is_cut": len(people) > MOST}
    status = 422 if form.is_bound else 200
    return render(request, "desk/group_sessions/group_session.html", {**context, **searched(request)}, status=status)


def searched(request: HttpRequest) -> dict[str, Any]:
    """Who may be meant by ?q=."""
    words = request.GET.get("q", "")[:300]
    asked = word_condition(words, ())
    return {"q": words, "found": everybody(request).filter(asked)[:FOUND] if asked else ()}


def everybody(request: HttpRequest) -> CustomerQuerySet:
    return visible_customers(request).unmerged().select_related("organisation").order_by("sort_key", "id")


def may_be_held(form: GroupSessionForm, lines: list[PersonLine], people: int) -> bool:
    if people > MOST:
        form.add_error(None, _("That is more than %d people: note them in two sessions.") % MOST)
    elif not lines:
        form.add_error(None, _("Nobody is chosen: take a tag, or find people by name."))
    elif is_empty(form, lines):
        form.add_error(None, _("Nothing would be written: note who came, or write a note or a promise."))
    return not form.errors


def chosen(request: HttpRequest) -> CustomerQuerySet:
    """Those that were posted; else those with the tag and those asked for. Who has ended is taken by name alone."""
    standing = everybody(request)
    if request.method == "POST":
        return standing.filter(pk__in=numbers(request.POST.getlist("person")))
    named = standing.filter(pk__in=numbers(request.GET.getlist("person")))
    tag = request.GET.get("tag", "").strip()
    tagged = standing.filter(tags__contains=[tag]).exclude(lifecycle=Customer.Lifecycle.ENDED)
    return named | tagged if tag else named


def numbers(given: list[str]) -> list[int]:
    return [int(text) for text in given if text.isdecimal() and len(text) < 19]


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Who may be meant by a name; ?add= gives the line of one who is chosen. For the page alone, by htmx."""
    if "add" in request.GET:
        added = everybody(request).filter(pk__in=numbers(request.GET.getlist("add")))
        return render(
            request, "desk/group_sessions/group_session_lines.html", {"lines": [PersonLine(one, None) for one in added]}
        )
    return render(request, "desk/group_sessions/group_session_found.html", searched(request))


@require_safe
def summary(request: HttpRequest) -> HttpResponse:
    """What the last session of whoever looks wrote, and on whose lines."""
    last = request.session.get(LAST)
    if not last:
        return redirect("group_session")
    who = list(visible_customers(request).filter(pk__in=last["people"]).order_by("sort_key", "id"))
    refs = {f"{last['ref']}/{one.pk}/{what}": one.pk for one in who for what in ("attendance", "note", "promise/made")}
    rows = Interaction.objects.filter(source=OWN_SOURCE, external_id__in=list(refs)).values_list(
        "external_id", "kind", "pk"
    )
    written: dict[int, dict[str, int]] = {one.pk: {} for one in who}
    for external_id, kind, pk in rows:
        written[refs[external_id]][kind] = pk
    context = {
        "title": last["title"],
        "people": [(one, written[one.pk]) for one in who],
        "present": sum(Kind.ATTENDANCE in kinds for kinds in written.values()),
    }
    return render(request, "desk/group_sessions/group_session_summary.html", context)
