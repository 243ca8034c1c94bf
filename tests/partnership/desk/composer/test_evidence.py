"""What scoring counts can be entered by hand, one kind at a time."""

import re
from decimal import Decimal

import pytest

from interactions.actions.entries import MARKS
from interactions.models import Interaction, Kind
from partnership.desk.composer.evidence_forms import EVIDENCE_KINDS
from partnership.scoring.explain.explanation import explain_score
from partnership.scoring.rules.presets import PRESETS, create_from_preset
from tests.factories import CustomerFactory, OrganisationFactory, firm_today

pytestmark = pytest.mark.django_db

COUNTED = {Kind(kind) for preset in PRESETS.values() for rule in preset.rules for kind in rule["kinds"]}

ELSEWHERE = {Kind.CALL, Kind.CHECK_IN, Kind.COMMITMENT_KEPT, Kind.COMMITMENT_MISSED}
"""Recorded by other tabs, by keeping a promise and by missing its day."""

GIVEN = {
    Kind.TESTIMONIAL: {"body": "The best course I took."},
    Kind.FEEDBACK: {"body": "The second module is slow."},
    Kind.PRAISE: {"body": "You were right."},
    Kind.FREE_WORK: {"minutes": "90"},
    Kind.INTRODUCTION: {"introduced": "Ben Chu"},
    Kind.REFERRAL: {"introduced": "Ben Chu"},
    Kind.SURVEY_RESPONSE: {"recommendation": "9"},
    Kind.LATE_PAYMENT: {"amount": "120.50", "currency": "EUR", "days_late": "12"},
    **{
        kind: {"amount": "120.50", "currency": "EUR"}
        for kind in (Kind.PURCHASE, Kind.RENEWAL, Kind.PAYMENT, Kind.REFUND)
    },
}


@pytest.fixture
def ada(firm):
    return CustomerFactory(name="Ada")


def write(client, customer, kind, **given):
    return client.post(f"/customers/{customer.pk}/evidence/", {"kind": kind, **given})


def form_of(client, customer, kind=""):
    return client.get(f"/customers/{customer.pk}/evidence/?kind={kind}").content.decode()


def test_whatever_a_preset_counts_can_be_entered():
    assert COUNTED - {*EVIDENCE_KINDS, *MARKS, *ELSEWHERE} == set()


@pytest.mark.parametrize("kind", sorted(COUNTED & set(EVIDENCE_KINDS)))
def test_what_a_preset_counts_moves_the_score(desk, ada, sam, kind):
    name = next(name for name, preset in PRESETS.items() if any(kind in rule["kinds"] for rule in preset.rules))
    rules, today = create_from_preset(name, by=sam), firm_today()
    before = explain_score(ada.pk, as_of=today, rule_set=rules)
    assert write(desk, ada, kind, **GIVEN.get(kind, {})).url == ada.get_absolute_url()
    after = explain_score(ada.pk, as_of=today, rule_set=rules)
    assert after.sums != before.sums
    assert after.scores != before.scores


@pytest.mark.parametrize("kind", EVIDENCE_KINDS)
def test_each_kind_is_recorded_with_what_it_needs(desk, ada, sam, kind):
    given = GIVEN.get(kind, {})
    page = form_of(desk, ada, kind)
    assert all(f'name="{name}"' in page for name in given)
    assert write(desk, ada, kind, **given).status_code == 302
    row = Interaction.objects.get(customer=ada)
    assert (row.kind, row.author) == (kind, sam)
    assert row.direction == ("outbound" if kind in ("refund", "free_work") else "inbound")
    assert row.amount == (Decimal("120.50") if "amount" in given else None)
    assert row.minutes == (90 if kind == Kind.FREE_WORK else None)
    assert row.payload.get("days_late") == (12 if kind == Kind.LATE_PAYMENT else None)
    assert row.payload.get("recommendation") == (9 if kind == Kind.SURVEY_RESPONSE else None)
    assert row.conversation is None


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("purchase", {"currency": "EUR"}, "This field is required"),
        ("purchase", {"amount": "5", "currency": "euro"}, "at most 3 characters"),
        ("purchase", {"amount": "-5", "currency": "EUR"}, "Write 0 or more."),
        ("late_payment", {"amount": "5", "currency": "EUR", "days_late": "0"}, "Write a number from 1 to 10,000."),
        ("free_work", {"minutes": ""}, "This field is required"),
        ("introduction", {}, "This field is required"),
        ("praise", {"body": " "}, "This field is required"),
        ("survey_response", {}, "Write a grade, or what they said."),
        ("survey_response", {"recommendation": "11"}, "Write a number from 0 to 10."),
        ("gesture", {"body": "x"}, "What happened?"),
        ("", {"body": "x"}, "What happened?"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(desk, ada, kind, given, said):
    answer = write(desk, ada, kind, **given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Interaction.objects.exists()


def test_the_kind_is_chosen_first_from_groups(desk, htmx, ada):
    for client in (desk, htmx):
        page = form_of(client, ada)
        assert len(re.findall(rf'href="/customers/{ada.pk}/evidence/\?kind=', page)) == len(EVIDENCE_KINDS)
        places = [page.index(group) for group in ("Doing their part", "Exchange", "Generosity", "Voice")]
        assert places == sorted(places)
        assert "<textarea name" not in page


def test_a_form_sent_twice_is_recorded_once(desk, ada):
    ref = re.search(r'name="ref" value="([^"]+)"', form_of(desk, ada, "purchase"))[1]
    for _ in range(2):
        write(desk, ada, "purchase", ref=ref, **GIVEN[Kind.PURCHASE])
    assert Interaction.objects.filter(customer=ada).count() == 1


def test_who_was_introduced_has_it_on_their_page(desk, ada):
    ben, named = CustomerFactory(name="Ben Chu"), CustomerFactory(name="Cleo Marsh", introduced_by=CustomerFactory())
    secret = CustomerFactory(name="Dana Voss", restricted=True)
    twins = [CustomerFactory(name="Eve Berg") for _ in range(2)]
    for name in ("ben chu", "Cleo Marsh", "Dana Voss", "Eve Berg", "Ada", "Nobody here"):
        assert write(desk, ada, "introduction", introduced=name).status_code == 302
    introducer = named.introduced_by
    for one in (ben, named, secret, *twins, ada):
        one.refresh_from_db()
    assert ben.introduced_by == ada
    assert named.introduced_by == introducer
    assert not any(one.introduced_by for one in (secret, *twins, ada))
    assert Interaction.objects.filter(customer=ada, kind="introduction", subject="Nobody here").exists()


def test_names_are_suggested_for_who_was_introduced(desk, ada):
    CustomerFactory(name="Ben Chu")
    assert 'hx-get="/customers/names/"' in form_of(desk, ada, "introduction")
    assert "Ben Chu" in desk.get("/customers/names/?introduced=ben").content.decode()


def test_which_of_an_organisations_people_it_was(desk, firm):
    works = OrganisationFactory()
    ines = CustomerFactory(name="Ines", organisation=works)
    write(desk, works, "attendance", person=ines.pk)
    assert Interaction.objects.get(customer=works).person == ines


def test_nobody_records_where_they_may_not_look(desk, firm):
    assert write(desk, CustomerFactory(restricted=True), "work_done").status_code == 404
    assert not Interaction.objects.exists()
