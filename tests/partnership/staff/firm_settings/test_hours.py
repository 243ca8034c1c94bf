"""Business hours as a week's grid, and holidays: without JavaScript."""

from datetime import date

import pytest

from partnership.staff.firm_settings.holiday_lists import countries_with_holidays, public_holidays, region_choices
from partnership.staff.models import Firm
from tests.factories import UserFactory, firm_today
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

URL = "/settings/hours/"


@pytest.fixture
def admins(firm):
    return signed_in(UserFactory(admin=True, role="admin"))


def week(spans=2, **times):
    """d0="09:00-12:00 13:00-17:00": the fields of a week."""
    fields = {"act": "week", "spans": str(spans)}
    for day in range(7):
        given = times.get(f"d{day}", "").split()
        for number in range(spans):
            begin, _, end = given[number].partition("-") if number < len(given) else ("", "", "")
            fields |= {f"from_{day}_{number}": begin, f"to_{day}_{number}": end}
    return fields


def test_several_spans_a_day(admins):
    assert admins.post(URL, week(d0="09:00-12:30 14:00-18:00", d5="10:00-00:00")).status_code == 302
    assert Firm.current().business_hours == {
        "0": [["09:00", "12:30"], ["14:00", "18:00"]], "5": [["10:00", "24:00"]],
    }  # fmt: skip
    page = admins.get(URL).text
    assert 'name="from_0_1" value="14:00"' in page
    assert 'name="to_5_0" value="00:00"' in page


def test_what_touches_is_joined_and_put_in_order(admins):
    admins.post(URL, week(d1="13:00-17:00 09:00-13:00"))
    assert Firm.current().business_hours == {"1": [["09:00", "17:00"]]}


def test_a_week_without_times_is_always_open(admins):
    admins.post(URL, week())
    assert Firm.current().business_hours == {}


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ("09:00-", "Enter both times, or clear them."),
        ("-17:00", "Enter both times, or clear them."),
        ("17:00-09:00", "A time ends before it begins"),
        ("09:00-09:00", "A time ends before it begins"),
        ("09:00-13:00 12:00-17:00", "Two of these times overlap"),
        ("nine-17:00", "Write the time as 09:00."),
    ],
)
def test_what_is_wrong_is_said_at_its_day(admins, times, words):
    before = Firm.current().business_hours
    response = admins.post(URL, week(d2=times, d3="09:00-10:00"))
    assert response.status_code == 422
    days = {day["number"]: day["errors"] for day in response.context["week"].days()}
    assert words in days[2][0]
    assert [number for number, errors in days.items() if errors] == [2]
    assert Firm.current().business_hours == before


def test_a_day_is_copied_to_all_weekdays_and_saved_only_then(admins):
    before = Firm.current().business_hours
    response = admins.post(URL, {**week(d1="08:00-12:00 13:00-16:00", d6="10:00-11:00"), "copy": "1"})
    assert response.status_code == 200
    assert "This is not saved yet." in response.text
    assert response.text.count('value="08:00"') == 5
    assert response.text.count('value="10:00"') == 1
    assert Firm.current().business_hours == before


def test_more_times_a_day(admins):
    response = admins.post(URL, {**week(d0="08:00-09:00 10:00-11:00"), "more": "1"})
    assert 'name="from_0_2"' in response.text
    assert 'name="spans" value="3"' in response.text
    admins.post(URL, week(3, d0="08:00-09:00 10:00-11:00 12:00-13:00"))
    assert len(Firm.current().business_hours["0"]) == 3
    assert 'name="from_6_2"' in admins.get(URL).text


@pytest.mark.parametrize("odd", ["", "0", "-1", "99", "x", "²", "9" * 40])
def test_an_odd_number_of_spans_is_no_fault(admins, odd):
    for extra in ({}, {"copy": "9"}, {"more": "1"}, {"copy": "x"}):
        assert admins.post(URL, {**week(), "spans": odd, **extra}).status_code in (200, 302, 422)


def test_the_list_is_shown_before_it_is_taken(admins):
    year = firm_today().year
    asked = {"country": "DE", "region": "BY", "year": str(year)}
    page = admins.get(URL, asked)
    assert "Epiphany" in page.text
    assert Firm.current().holidays == []
    days = [one.day.isoformat() for one in page.context["offered"]]
    taken = [day for day in days if not day.endswith("01-06")]
    admins.post(URL, {"act": "take", **asked, "day": [*taken, "1999-01-01", "nonsense", "2026-13-45"]})
    firm = Firm.current()
    assert [day.isoformat() for day in firm.holidays] == taken
    assert (firm.country, firm.region) == ("DE", "BY")
    assert firm.holiday_names[f"{year}-12-25"] == "Christmas Day"
    again = admins.get(URL, asked)
    assert again.text.count("taken already") == len(taken)


def test_a_region_belongs_to_its_country(admins):
    page = admins.get(URL, {"country": "AT", "region": "BY", "year": str(firm_today().year)})
    assert page.status_code == 200
    assert page.context["offered"] is None
    assert "region" in page.context["list_form"].errors


@pytest.mark.parametrize("odd", [{"country": "ZZ"}, {"country": "DE", "year": "1"}, {"country": ""}, {"country": "'"}])
def test_an_odd_list_is_none(admins, odd):
    assert admins.get(URL, odd).context["offered"] is None
    assert admins.post(URL, {"act": "take", **odd}).status_code == 422


def test_days_by_hand(admins):
    day = date(firm_today().year, 12, 24)
    admins.post(URL, {"act": "add", "day": day.isoformat(), "name": "Half the firm is away"})
    admins.post(URL, {"act": "add", "day": day.isoformat(), "name": "Closed"})
    admins.post(URL, {"act": "add", "day": date(firm_today().year, 12, 31).isoformat(), "name": ""})
    assert Firm.current().holiday_names == {day.isoformat(): "Closed"}
    assert len(Firm.current().holidays) == 2
    assert "Closed" in admins.get(URL).text
    admins.post(URL, {"act": "remove", "day": [day.isoformat(), "nonsense"]})
    assert Firm.current().holiday_names == {}
    assert len(Firm.current().holidays) == 1


@pytest.mark.parametrize(("day", "words"), [("", "Choose the day."), ("tomorrow", "Choose the day."),
                                            ("2999-01-01", "within ten years")])  # fmt: skip
def test_a_wrong_day_is_refused_at_its_field(admins, day, words):
    response = admins.post(URL, {"act": "add", "day": day, "name": ""})
    assert response.status_code == 422
    assert words in str(response.context["day_form"].errors["day"])


def test_holidays_of_earlier_years_are_kept(admins):
    Firm.objects.update(holidays=[date(2020, 1, 1)])
    assert "1 holiday of earlier years is kept as well." in admins.get(URL).text


def test_every_countrys_holidays_can_be_listed():
    for country, name in countries_with_holidays():
        assert name
        public_holidays(country, "", 2026)
        for region, title in region_choices(country)[:1]:
            assert title
            public_holidays(country, region, 2026)
