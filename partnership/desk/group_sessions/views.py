"""Recording a group session, choosing its people, and what the last one recorded."""

from dataclasses import dataclass
from typing import TypedDict, cast

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.lookups import visible_customers
from customers.models import Customer
from customers.querysets import CustomerQuerySet
from customers.search import word_condition
from interactions.actions.group_sessions import hold_session
from interactions.models import Interaction
from interactions.models.kinds import Kind
from partnership.core.params import parse_number
from partnership.core.requests import accepts_form, posted, render_page
from partnership.desk.group_sessions.forms import GroupSessionForm, PersonLine, is_empty
from partnership.staff.access import staff_member
from partnership.staff.external_ids import OWN_SOURCE

# Three fields each, of the thousand that Django reads of a form.
_MOST_PEOPLE = 300

_MOST_SUGGESTIONS = 12

# The browser session remembers under this key what was recorded last.
_LAST_SESSION = "group_session"

# The ends of the external ids that hold_session gives its entries.
_PARTS = ("attendance", "note", "promise/made")


class _LastSession(TypedDict):
    ref: str
    title: str
    people: list[int]


@dataclass(frozen=True)
class _SessionPage:
    """The form. `is_cut`: more people were chosen than fit it; `q`, `found`: the search for people to add."""

    form: GroupSessionForm
    lines: list[PersonLine]
    tag: str
    is_cut: bool
    q: str
    found: list[Customer]


@dataclass(frozen=True)
class _LinesFragment:
    lines: list[PersonLine]


@dataclass(frozen=True)
class _FoundFragment:
    q: str
    found: list[Customer]


@dataclass(frozen=True)
class _SummaryPage:
    """The entries recorded. `people`: each with the keys of the entries recorded, by kind."""

    title: str
    people: list[tuple[Customer, dict[str, int]]]
    present: int


@accepts_form
def group_session(request: HttpRequest) -> HttpResponse:
    """Show a form for the people of ?tag= and ?person=; on POST record the session, once however often it is sent.

    With `choose` a POST only adds the people of its tag to the form, which is shown as it was filled in.
    """
    is_choosing = "choose" in request.POST
    form = GroupSessionForm.unchecked(request.POST) if is_choosing else GroupSessionForm(posted(request))
    people, is_cut = _chosen_people(request)
    lines = [PersonLine(one, posted(request)) for one in people]
    if form.is_valid() and _is_complete(form, lines):
        session = form.session()
        hold_session(session, attendees=[line.attendee for line in lines], at=timezone.now(), by=staff_member(request))
        pks = [line.customer.pk for line in lines]
        request.session[_LAST_SESSION] = _LastSession(ref=session.ref, title=session.title, people=pks)
        return redirect("group_session_summary")
    page = _SessionPage(
        form=form,
        lines=lines,
        tag=_given(request).get("tag", ""),
        is_cut=is_cut,
        q=_searched_words(request),
        found=_suggest_people(request),
    )
    status = 422 if form.is_bound else 200
    return render_page(request, "desk/group_sessions/group_session.html", page, status=status)


def _given(request: HttpRequest) -> QueryDict:
    return posted(request) or request.GET


def _searched_words(request: HttpRequest) -> str:
    return next(filter(None, _given(request).getlist("q")), "").replace("\0", "")[:300]


def _suggest_people(request: HttpRequest) -> list[Customer]:
    """Find the people that ?q= may mean."""
    condition = word_condition(_searched_words(request), ())
    return list(_visible_people(request).filter(condition)[:_MOST_SUGGESTIONS]) if condition else []


def _visible_people(request: HttpRequest) -> CustomerQuerySet:
    return visible_customers(request).unmerged().select_related("organisation").order_by("sort_key", "id")


def _is_complete(form: GroupSessionForm, lines: list[PersonLine]) -> bool:
    if len(lines) > _MOST_PEOPLE:
        form.add_error(None, _("That is more than %d people: record them in two sessions.") % _MOST_PEOPLE)
    elif not lines:
        form.add_error(None, _("No people are chosen: choose a tag, or find people by name."))
    elif is_empty(form, lines):
        form.add_error(None, _("There is nothing to record: note who came, or write a note or a promise."))
    return not form.errors


def _chosen_people(request: HttpRequest) -> tuple[list[Customer], bool]:
    """Find each `person` and those with the `tag`, and whether more have it than fit one session.

    Ended customers come only by name; a form that is sent to be recorded brings its people by name alone.
    """
    given, visible = _given(request), _visible_people(request)
    named = list(visible.filter(pk__in=_parse_numbers(given.getlist("person"))))
    tag = given.get("tag", "").replace("\0", "").strip()
    if not tag or (request.method == "POST" and "choose" not in given):
        return named, False
    room = max(_MOST_PEOPLE - len(named), 0)
    tagged = visible.filter(tags__contains=[tag]).exclude(lifecycle=Customer.Lifecycle.ENDED)
    others = list(tagged.exclude(pk__in=[one.pk for one in named])[: room + 1])
    people = sorted([*named, *others[:room]], key=lambda one: (one.sort_key, one.pk))
    return people, len(others) > room


def _parse_numbers(texts: list[str]) -> list[int]:
    return [number for text in texts if (number := parse_number(text)) is not None]


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Offer htmx the people that ?q= may mean; with ?add= return the line of the one chosen."""
    if "add" in request.GET:
        added = _visible_people(request).filter(pk__in=_parse_numbers(request.GET.getlist("add")))
        fragment = _LinesFragment([PersonLine(one, None) for one in added])
        return render_page(request, "desk/group_sessions/group_session_lines.html", fragment)
    found = _FoundFragment(_searched_words(request), _suggest_people(request))
    return render_page(request, "desk/group_sessions/group_session_found.html", found)


@require_safe
def summary(request: HttpRequest) -> HttpResponse:
    """Show what the viewer's last session recorded, and for which people."""
    last = cast("_LastSession | None", request.session.get(_LAST_SESSION))
    if not last:
        return redirect("group_session")
    people = list(visible_customers(request).filter(pk__in=last["people"]).order_by("sort_key", "id"))
    refs = {f"{last['ref']}/{one.pk}/{part}": one.pk for one in people for part in _PARTS}
    rows = Interaction.objects.filter(source=OWN_SOURCE, external_id__in=list(refs)).values_list(
        "external_id", "kind", "pk"
    )
    recorded: dict[int, dict[str, int]] = {one.pk: {} for one in people}
    for external_id, kind, pk in rows:
        recorded[refs[external_id]][kind] = pk
    page = _SummaryPage(
        title=last["title"],
        people=[(one, recorded[one.pk]) for one in people],
        present=sum(Kind.ATTENDANCE in kinds for kinds in recorded.values()),
    )
    return render_page(request, "desk/group_sessions/group_session_summary.html", page)
