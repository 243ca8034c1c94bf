from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from partnership.core.requests import accepts_form, posted, render_page, report_done
from partnership.staff.firm_settings.accent import is_colour, style_sheet
from partnership.staff.firm_settings.forms import FirmSettingsForm, TermsForm
from partnership.staff.firm_settings.holiday_forms import HolidayForm, HolidayListForm
from partnership.staff.firm_settings.holiday_lists import public_holidays
from partnership.staff.firm_settings.week_form import WeekForm, copy_to_weekdays, with_another_span
from partnership.staff.models import Firm

_YEAR = 365 * 24 * 3600  # seconds


@dataclass(frozen=True)
class _FormPage:
    form: FirmSettingsForm | TermsForm


@dataclass(frozen=True)
class _Holiday:
    day: date
    name: str
    is_taken: bool = False


@dataclass(frozen=True)
class _HoursPage:
    """`offered`: the holidays that were asked for, None before; `kept`: the firm's from this year on, and `earlier`;
    `is_changed`: the week is not what is saved."""

    week: WeekForm
    list_form: HolidayListForm
    day_form: HolidayForm
    offered: list[_Holiday] | None
    kept: list[_Holiday]
    earlier: list[_Holiday]
    is_changed: bool = False


@accepts_form
def firm_settings(request: HttpRequest) -> HttpResponse:
    """Show and change who the firm is: name, looks, country, language and money."""
    form = FirmSettingsForm(posted(request), request.FILES or None, instance=_firm_or_404())
    if form.is_valid():
        form.save()
        report_done(request, _("The settings are saved."))
        return redirect("firm_settings")
    return render_page(request, "staff/firm/firm.html", _FormPage(form), status=422 if form.is_bound else 200)


@accepts_form
def firm_terms(request: HttpRequest) -> HttpResponse:
    """Show and change the terms and the limits on what staff do."""
    form = TermsForm(posted(request), instance=_firm_or_404())
    if form.is_valid():
        form.save()
        report_done(request, _("The settings are saved."))
        return redirect("firm_terms")
    return render_page(request, "staff/firm/terms.html", _FormPage(form), status=422 if form.is_bound else 200)


@accepts_form
def firm_hours(request: HttpRequest) -> HttpResponse:
    """Show and change the business hours and the holidays. `act` says which form was sent."""
    firm = _firm_or_404()
    today = firm.local_date(timezone.now())
    act = request.POST.get("act", "")
    week = WeekForm(hours=firm.business_hours)
    day_form = HolidayForm(today=today)
    is_changed = False
    if act == "week" and ("copy" in request.POST or "more" in request.POST):
        copied = copy_to_weekdays(request.POST, request.POST.get("copy", ""))
        week = WeekForm(typed=with_another_span(request.POST) if "more" in request.POST else copied)
        is_changed = True
    elif act == "week":
        week = WeekForm(request.POST)
        if week.is_valid():
            firm.business_hours = week.hours
            firm.save(update_fields=["business_hours"])
            return _saved(request, _("The business hours are saved."))
    elif act == "add":
        day_form = HolidayForm(request.POST, today=today)
        if day_form.is_valid():
            _change_holidays(add={day_form.cleaned_data["day"]: day_form.cleaned_data["name"]})
            return _saved(request, _("The holiday is added."))
    elif act == "remove":
        days = _days(request.POST.getlist("day"))
        _change_holidays(remove=days)
        return _saved(request, ngettext("%d holiday is removed.", "%d holidays are removed.", len(days)) % len(days))
    elif act == "take" and (taken := _taken(request, firm, today)) is not None:
        return _saved(request, ngettext("%d holiday is added.", "%d holidays are added.", taken) % taken)
    is_asked = "country" in request.GET
    list_form = HolidayListForm(request.GET if is_asked else None, firm=firm, today=today)
    offered = _offer(list_form, firm) if is_asked and list_form.is_valid() else None
    kept = [_Holiday(day, firm.holiday_names.get(day.isoformat(), "")) for day in sorted(firm.holidays)]
    page = _HoursPage(
        week=week,
        list_form=list_form,
        day_form=day_form,
        offered=offered,
        kept=[one for one in kept if one.day.year >= today.year],
        earlier=[one for one in kept if one.day.year < today.year],
        is_changed=is_changed,
    )
    is_wrong = request.method == "POST" and not is_changed
    return render_page(request, "staff/firm/hours.html", page, status=422 if is_wrong else 200)


def _firm_or_404() -> Firm:
    firm = Firm.current()
    if not firm.is_set_up:
        raise Http404
    return firm


def _saved(request: HttpRequest, text: str) -> HttpResponse:
    report_done(request, text)
    return redirect("firm_hours")


def _offer(form: HolidayListForm, firm: Firm) -> list[_Holiday]:
    given = form.cleaned_data
    found = public_holidays(given["country"], given.get("region", ""), given["year"])
    return [_Holiday(day, name, day in firm.holidays) for day, name in found.items()]


def _taken(request: HttpRequest, firm: Firm, today: date) -> int | None:
    """Add the chosen days of the list that was shown, and keep its country and region; None where it is none."""
    form = HolidayListForm(request.POST, firm=firm, today=today)
    if not form.is_valid():
        return None
    given = form.cleaned_data
    chosen = set(_days(request.POST.getlist("day")))
    named = {one.day: one.name for one in _offer(form, firm) if one.day in chosen}
    _change_holidays(add=named, place=(given["country"], given.get("region", "")))
    return len(named)


def _days(texts: Iterable[str]) -> list[date]:
    """Read days; what is none is left out."""
    found = []
    for text in texts:
        try:
            day = parse_date(text)
        except ValueError:
            continue
        if day is not None:
            found.append(day)
    return found


@transaction.atomic
def _change_holidays(
    *, add: Mapping[date, str] | None = None, remove: Iterable[date] = (), place: tuple[str, str] | None = None
) -> None:
    firm = Firm.objects.select_for_update().get(pk=1)
    gone = set(remove)
    days = {*firm.holidays, *(add or {})} - gone
    names = {**firm.holiday_names, **{day.isoformat(): name for day, name in (add or {}).items()}}
    firm.holidays = sorted(days)
    firm.holiday_names = {day.isoformat(): names[day.isoformat()] for day in sorted(days) if names.get(day.isoformat())}
    if place:
        firm.country, firm.region = place
    firm.save(update_fields=["holidays", "holiday_names", "country", "region"])


@require_safe
@cache_control(private=True, max_age=int(timedelta(days=1).total_seconds()))
def firm_logo(request: HttpRequest) -> HttpResponseBase:
    """Show the firm's logo, else Partnership's mark. Its address changes with the file."""
    logo = Firm.current().logo
    if not logo:
        return redirect(static("partnership/mark.svg"))
    try:
        return FileResponse(logo.open("rb"), content_type="image/png")
    except OSError as error:
        raise Http404 from error


@login_not_required
@require_safe
@cache_control(public=True, immutable=True, max_age=_YEAR)
def accent_css(request: HttpRequest, colour: str) -> HttpResponse:
    """Write the style sheet of a colour: an inline style would be against the content security policy."""
    if not is_colour(f"#{colour}"):
        raise Http404
    return HttpResponse(style_sheet(f"#{colour}"), content_type="text/css")
