"""Drafts are copied, tried, compared and activated; runs show progress, are cancelled and compared."""

import re
from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from interactions.errors import ActionRefused
from partnership.core import translatable_text
from partnership.scoring.admin.formatting import format_points
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.rules.activation import activate_rule_set, copy_rule_set
from partnership.scoring.rules.presets import PRESETS
from partnership.scoring.tasks import rescore_new_day_task
from partnership.scoring.trials import runs
from partnership.scoring.trials.backtest import describe_verdict
from partnership.scoring.trials.runs import continue_run, continue_runs
from tests.factories import CustomerFactory, UserFactory, happens, works
from tests.partnership.conftest import signed_in
from tests.partnership.scoring.admin.conftest import address, page_of, place_of
from tests.strategies import DAY, NOON

pytestmark = pytest.mark.django_db


def run_page(run: Run, name: str = "change") -> str:
    return reverse(f"admin:scoring_run_{name}", args=[run.pk])


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def people(firm: Any) -> list[Customer]:
    """Six customers; those who did the most renewed."""
    found = [CustomerFactory(name=name, attributes={"passed": number > 2}) for number, name in enumerate("ABCDEF")]
    for number, one in enumerate(found):
        works(one, until=DAY - timedelta(days=120), days=3 * number + 1)
        if number > 2:
            happens(one, "renewal", at=NOON - timedelta(days=100))
    return found


def done(run: Run) -> Run:
    assert continue_run(run.pk)
    run.refresh_from_db()
    assert run.status == Run.Status.DONE, run.error
    return run


def test_a_copy_is_a_draft_under_a_name_of_its_own(admin: Client, standard: RuleSet) -> None:
    page = admin.get(address(standard, "copy"))
    assert 'value="Standard 2"' in page.content.decode()
    assert admin.post(address(standard, "copy"), {"name": "Standard"}).status_code == 422
    response = admin.post(address(standard, "copy"), {"name": "Standard 2"})
    draft = RuleSet.objects.get(name="Standard 2")
    assert response.url == address(draft)
    assert (draft.status, draft.based_on, draft.rules.count()) == ("draft", standard, standard.rules.count())


def test_a_preset_becomes_a_draft(admin: Client) -> None:
    url = reverse("admin:scoring_ruleset_presets")
    page = text_of(admin.get(url))
    assert all(str(preset.title) in page for preset in PRESETS.values())
    for key in PRESETS:
        response = admin.post(url, {"preset": key})
        draft = RuleSet.objects.latest("pk")
        assert response.url == address(draft)
        assert draft.status == "draft"
        assert admin.post(address(draft), page_of(draft)).status_code == 302
    assert admin.post(url, {"preset": "none"}).status_code == 400


def test_a_preview_is_asked_for_and_read(admin: Client, draft: RuleSet, ada: Any, people: list[Customer]) -> None:
    draft.rules.filter(name="Doing their part").update(half_life=90)
    assert admin.get(address(draft, "preview")).status_code == 405
    response = admin.post(address(draft, "preview"))
    run = Run.objects.get()
    assert (run.kind, run.rule_set, run.by, run.status) == ("preview", draft, ada, "waiting")
    assert response.url == run_page(run)
    assert "Waiting for a worker" in text_of(admin.get(run_page(run)))
    page = text_of(admin.get(run_page(done(run))))
    assert "Changes of tier" in page
    assert "Largest gains" in page
    assert "Doing their part (commitment)" in page
    assert people[-1].get_absolute_url() in admin.get(run_page(run)).content.decode()
    assert "Preview" in text_of(admin.get(address(draft)))


def test_a_backtest_is_asked_for_and_read(admin: Client, draft: RuleSet, people: list[Customer]) -> None:
    form = admin.get(address(draft, "backtest")).content.decode()
    assert "attribute:passed" in form
    given = {"as_of": str(DAY - timedelta(days=110)), "outcome": "renewal", "horizon": 30, "present": ""}
    assert admin.post(address(draft, "backtest"), given).status_code == 302
    run = done(Run.objects.get())
    page = admin.get(run_page(run)).content.decode()
    assert 'role="img"' in page
    assert describe_verdict(run.result) in page.replace("&#x27;", "'")
    assert "been edited since" not in page
    rows = re.findall(r'<th scope="row">(\w[\w ]*)</th>', page)
    assert rows == ["commitment", "reciprocity", "partnership", "loudness", "contact volume", "RFM"]
    assert "style=" not in page


def test_a_draft_edited_since_is_said_to_be(admin: Client, draft: RuleSet, people: list[Customer]) -> None:
    run = done(draft.runs.create(kind="preview", asked_at=NOON))
    pages = {
        run_page(run): "been edited since",
        address(draft, "activation"): "The last preview is outdated: the set was edited since",
        reverse("admin:scoring_run_comparison") + f"?first={run.pk}&second={run.pk}": "before the set was edited",
        address(draft): "done before the set was edited",
    }
    save_again = {**page_of(draft), "description": "The same in other words", "why": "None yet"}
    assert admin.post(address(draft), save_again).status_code == 302
    assert [url for url, said in pages.items() if said in text_of(admin.get(url))] == []
    assert address(draft, "preview") not in admin.get(address(draft, "activation")).content.decode()
    changed = {**page_of(draft), f"{place_of(draft, 'Refund')}-points": 2}
    assert admin.post(address(draft), changed).status_code == 302
    assert [url for url, said in pages.items() if said not in text_of(admin.get(url))] == []
    assert address(draft, "preview") in admin.get(address(draft, "activation")).content.decode()


def test_the_list_of_trials_marks_those_of_other_rules_alone(
    admin: Client, draft: RuleSet, ada: Any, people: list[Customer]
) -> None:
    """Unsaved edits are not part of a trial, and a rescore is no trial."""
    done(draft.runs.create(kind="preview", asked_at=NOON))
    draft.rules.filter(name="Opening doors").update(points=5)
    done(draft.runs.create(kind="preview", asked_at=NOON))
    draft.runs.create(kind="preview", asked_at=NOON)
    draft.runs.create(kind="rescore", status="done", asked_at=NOON, result={"customers": 6}, by=ada)
    listed = admin.get(address(draft)).content.decode()
    states = re.findall(r"<td>\s*(done|waiting)\s*(?:<span[^>]*>([^<]*)</span>\s*)?</td>", listed)
    assert states == [("done", ""), ("waiting", ""), ("done", ""), ("done", "before the set was edited")]
    wrong = admin.post(address(draft), {**page_of(draft), "doubt": 4, "name": ""})
    assert text_of(wrong).count("before the set was edited") == 1


def test_nightly_work_is_not_listed_among_the_trials(admin: Client, standard: RuleSet, ada: Any) -> None:
    for by in (None, ada):
        standard.runs.create(kind="rescore", status="done", asked_at=NOON, result={"customers": 1}, by=by)
    listed = text_of(admin.get(address(standard))).split("Previews and backtests")[-1]
    assert listed.count("Rescore") == 1


def test_what_is_told_in_a_preview_has_true_minuses(admin: Client, draft: RuleSet) -> None:
    customer = CustomerFactory()
    for kind, fields in (("free_work", {"direction": "outbound", "minutes": 60}), ("attendance", {})):
        happens(customer, kind, at=NOON, **fields)
    draft.rules.filter(name="Free work").update(points=9)
    run = done(draft.runs.create(kind="preview", asked_at=NOON))
    page = text_of(admin.get(run_page(run)))
    assert customer.name in page
    told = re.findall(r"Free work \(reciprocity\): (\S+) → (\S+)", page)
    assert len(told) == 1
    assert all(re.fullmatch(r"−\d+\.\d", figure) for figure in told[0])


@pytest.mark.parametrize(("number", "shown"), [(-4.26, "−4.3"), (-0.04, "0.0"), (0.0, "0.0"), (12.25, "12.2")])
def test_tenths(number: float, shown: str) -> None:
    assert format_points(number) == shown


def test_a_waiting_reader_learns_that_a_run_was_started_again(admin: Client, draft: RuleSet) -> None:
    run = draft.runs.create(kind="preview", status="running", asked_at=NOON, started_at=NOON, attempts=1)
    assert "times: the worker" not in text_of(admin.get(run_page(run)))
    Run.objects.update(attempts=2)
    assert "Started 2 times" in text_of(admin.get(run_page(run)))


def test_a_run_without_a_result_is_compared_with_none(admin: Client, draft: RuleSet) -> None:
    draft.runs.create(kind="preview", status="done", asked_at=NOON, result={})
    failed = draft.runs.create(
        kind="preview", status="failed", asked_at=NOON, attempts=3, error="It was begun 3 times."
    )
    page = text_of(admin.get(run_page(failed)))
    assert "It was begun 3 times." in page
    assert "Compare with" not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("as_of", "2999-01-01"), ("as_of", "yesterday"), ("outcome", "happiness"), ("horizon", 0), ("present", "x")],
)
def test_a_question_that_has_no_answer_is_refused(
    admin: Client, draft: RuleSet, people: list[Customer], field: str, value: Any
) -> None:
    given = {"as_of": "2025-09-01", "outcome": "renewal", "horizon": 30, "present": "", field: value}
    page = admin.post(address(draft, "backtest"), given)
    assert page.status_code == 422
    assert [*page.context["form"].errors] == [field]
    assert not Run.objects.exists()


def test_progress_is_watched_with_and_without_javascript(admin: Client, draft: RuleSet) -> None:
    run = draft.runs.create(kind="preview", status="running", asked_at=NOON, started_at=NOON, done=300, total=1200)
    page = admin.get(run_page(run)).content.decode()
    assert '<meta http-equiv="refresh"' in page
    assert 'max="1200" value="300"' in page
    part = admin.get(run_page(run), headers={"hx-request": "true"})
    assert "300 of 1200 customers" in text_of(part)
    assert "<html" not in part.content.decode()
    Run.objects.update(status="done", result={"customers": 1}, finished_at=NOON)
    assert admin.get(run_page(run), headers={"hx-request": "true"}).headers["HX-Refresh"] == "true"


def test_a_run_is_cancelled_once(admin: Client, draft: RuleSet) -> None:
    run = draft.runs.create(kind="preview", asked_at=NOON)
    for _again in range(2):
        assert admin.post(run_page(run, "cancellation")).url == run_page(run)
    run.refresh_from_db()
    assert run.status == "cancelled"
    assert "was cancelled before" in text_of(admin.get(run_page(run)))
    rescore = draft.runs.create(kind="rescore", asked_at=NOON)
    assert "activate another set" in text_of(admin.post(run_page(rescore, "cancellation"), follow=True))
    assert admin.get(run_page(run, "cancellation")).status_code == 405


def test_activation_asks_why_and_shows_what_changes(
    admin: Client, draft: RuleSet, standard: RuleSet, people: list[Customer]
) -> None:
    draft.rules.filter(name="Opening doors").update(points=5)
    page = text_of(admin.get(address(draft, "activation")))
    assert "Points: 3 → 5" in page
    assert "Not previewed yet. Preview it first" in page
    done(draft.runs.create(kind="preview", asked_at=NOON))
    assert "6 customers" in text_of(admin.get(address(draft, "activation")))
    assert admin.post(address(draft, "activation"), {"why": " "}).status_code == 422
    assert RuleSet.objects.active() == standard
    response = admin.post(address(draft, "activation"), {"why": "Doors matter"})
    assert RuleSet.objects.active() == draft
    assert RuleSet.objects.active().why == "Doors matter"
    assert response.url == run_page(Run.objects.get(kind="rescore"))
    assert admin.post(address(draft, "activation"), {"why": "Again"}).url == address(draft)


def test_who_moves_is_told_of_these_rules_beside_those_in_force(
    admin: Client, draft: RuleSet, ada: Any, people: list[Customer]
) -> None:
    def told() -> str:
        return text_of(admin.get(address(draft, "activation")))

    done(draft.runs.create(kind="preview", asked_at=NOON))
    assert "6 customers" in told()
    draft.rules.filter(name="Opening doors").update(points=5)
    assert "6 customers" not in told()
    assert "the set was edited since, or another set was activated" in told()
    done(draft.runs.create(kind="preview", asked_at=NOON))
    assert "6 customers" in told()
    other = copy_rule_set(rule_set=draft, name="Other", by=ada)
    activate_rule_set(rule_set=other, why="Try it", by=ada, at=NOON)
    assert "6 customers" not in told()


def test_what_is_unsound_does_not_go_live(admin: Client, draft: RuleSet, standard: RuleSet) -> None:
    draft.rules.filter(name="Promise missed").update(half_life=90)
    page = text_of(admin.get(address(draft, "activation")))
    assert "cannot be activated" in page
    assert "fade alike" in page
    assert admin.post(address(draft, "activation"), {"why": "All the same"}).status_code == 422
    assert RuleSet.objects.active() == standard


def test_cautions_are_read_and_ticked(admin: Client, draft: RuleSet, standard: RuleSet) -> None:
    partner = draft.tiers.get(name="Partner")
    draft.tiers.filter(pk=partner.pk).update(response_hours=40)
    page = text_of(admin.get(address(draft, "activation")))
    assert "Partner: Customers of this tier wait longer for an answer (40 business hours)" in page
    assert "cannot be activated" not in page
    refused = admin.post(address(draft, "activation"), {"why": "Fewer of us"})
    assert refused.status_code == 422
    assert "then tick this or edit the draft" in text_of(refused)
    assert RuleSet.objects.active() == standard
    assert admin.post(address(draft, "activation"), {"why": "Fewer of us", "despite": "on"}).status_code == 302
    assert RuleSet.objects.active() == draft


def test_what_needs_no_caution_asks_for_no_tick(admin: Client, draft: RuleSet) -> None:
    page = admin.get(address(draft, "activation")).content.decode()
    assert 'name="despite"' not in page
    assert 'class="cautions"' not in page


def test_a_draft_without_hours_to_answer_is_not_saved(admin: Client, draft: RuleSet) -> None:
    sent = page_of(draft)
    place = next(name for name in sent if name.startswith("tiers-") and name.endswith("response_hours"))
    response = admin.post(address(draft), {**sent, place: 0})
    assert response.status_code == 200
    assert "every answer is late" in text_of(response)
    assert not draft.tiers.filter(response_hours=0).exists()


def test_who_cannot_go_back_is_told_what_to_do(admin: Client, draft: RuleSet, standard: RuleSet, ada: Any) -> None:
    """A later version of the product may refuse rules that were active."""
    activate_rule_set(rule_set=draft, why="Try it", by=ada, at=NOON)
    with pgtrigger.ignore("scoring.ValueRule:only_in_drafts"):
        standard.rules.filter(name="Promise missed").update(half_life=90)
    said = "Copy it, correct the rules named above, and activate the copy."
    for page in (
        admin.get(address(standard, "activation")),
        admin.post(address(standard, "activation"), {"why": "Back"}),
    ):
        assert "fade alike" in text_of(page)
        assert said in text_of(page)
        assert address(standard, "copy") in page.content.decode()
        assert b'name="why"' not in page.content
    with pytest.raises(ActionRefused, match="Copy it, correct the copy"):
        activate_rule_set(rule_set=standard, why="Back", by=ada, at=NOON)
    assert admin.post(address(standard, "copy"), {"name": "Standard, mended"}).status_code == 302
    copy = RuleSet.objects.get(name="Standard, mended")
    assert address(copy) in admin.get(address(copy, "activation")).content.decode()
    assert said not in text_of(admin.get(address(copy, "activation")))
    mended = {**page_of(copy), f"{place_of(copy, 'Promise missed')}-half_life": 60}
    assert admin.post(address(copy), mended).status_code == 302
    assert admin.post(address(copy, "activation"), {"why": "Back, and sound"}).status_code == 302
    assert RuleSet.objects.active() == copy


def test_the_version_before_is_one_click_away(admin: Client, draft: RuleSet, standard: RuleSet, ada: Any) -> None:
    activate_rule_set(rule_set=draft, why="Try it", by=ada, at=NOON)
    page = admin.get(address(draft)).content.decode()
    assert "Reactivate “Standard”" in page
    assert address(standard, "activation") in page
    assert "Reactivate “Standard”?" in text_of(admin.get(address(standard, "activation")))
    assert admin.post(address(standard, "activation"), {"why": "It was better"}).status_code == 302
    assert RuleSet.objects.active() == standard


def test_two_sets_stand_side_by_side(admin: Client, draft: RuleSet, standard: RuleSet, people: Any) -> None:
    draft.rules.filter(name="Refund").delete()
    draft.doubt = 3
    draft.save()
    settings = {"as_of": "2025-09-27", "outcome": "renewal", "horizon": 30, "present": ""}
    for one in (standard, draft):
        done(one.runs.create(kind="backtest", asked_at=NOON, settings=settings))
    url = reverse("admin:scoring_ruleset_comparison")
    page = text_of(admin.get(url, {"second": draft.pk}))
    assert "Doubt about promises κ changed 2 3" in page
    assert "Refund gone Each refund" in page
    assert "AUC of commitment" in page
    for wrong in ("x", "0", "99999999999999999999"):
        assert admin.get(url, {"second": wrong}).status_code == 404


def test_two_runs_stand_side_by_side(admin: Client, draft: RuleSet, standard: RuleSet, people: Any) -> None:
    runs = [done(one.runs.create(kind="preview", asked_at=NOON)) for one in (standard, draft)]
    assert "Compare with" in text_of(admin.get(run_page(runs[1])))
    url = reverse("admin:scoring_run_comparison")
    assert "Change tier 0 0" in text_of(admin.get(url, {"first": runs[0].pk, "second": runs[1].pk}))
    assert admin.get(url, {"first": runs[0].pk}).status_code == 404
    other = draft.runs.create(kind="audit", status="done", asked_at=NOON, result={"customers": []})
    assert admin.get(url, {"first": runs[0].pk, "second": other.pk}).status_code == 302


def read_results(asked: CaptureQueriesContext) -> list[str]:
    """Queries that read results of runs."""
    return [sql for query in asked if re.search(r'"scoring_run"\."result"(?! ->)', sql := query["sql"] or "")]


def test_links_to_runs_load_no_results(admin: Client, draft: RuleSet, standard: RuleSet) -> None:
    """A result names up to a thousand customers, so only results shown are read."""
    told = {kind: {"customers": 1} for kind in ("preview", "rescore")}
    for one in (draft, draft, standard):
        for kind, result in told.items():
            one.runs.create(kind=kind, status="done", asked_at=NOON, result=result)
    shown = draft.runs.filter(kind="rescore").latest("pk")
    results = {
        address(draft): 0,
        reverse("admin:scoring_run_changelist"): 0,
        run_page(shown): 1,
    }
    for url, count in results.items():
        with CaptureQueriesContext(connection) as asked:
            assert admin.get(url).status_code == 200
        assert len(read_results(asked)) == count, url


def test_of_two_sets_the_newest_results_alone_are_read(admin: Client, draft: RuleSet, people: Any) -> None:
    for _again in range(2):
        done(draft.runs.create(kind="preview", asked_at=NOON))
    with CaptureQueriesContext(connection) as asked:
        admin.get(reverse("admin:scoring_ruleset_comparison"), {"second": draft.pk})
    [read] = read_results(asked)
    assert f'"scoring_run"."id" = {draft.runs.latest("pk").pk}' in read


def test_who_changed_what_is_told_in_words(admin: Client, draft: RuleSet, ada: Any) -> None:
    place = place_of(draft, "Opening doors")
    assert admin.post(address(draft), {**page_of(draft), f"{place}-points": 5, "doubt": 4}).status_code == 302
    page = text_of(admin.get(address(draft, "history")))
    assert "Ada Okafor Value rule: Opening doors Points: 3 → 5" in page
    assert "Rule set: Spring Doubt about promises κ: 2 → 4" in page
    assert "Copied from Standard" in page


def test_an_alarm_is_raised_where_admins_look(admin: Client, standard: RuleSet, people: list[Customer]) -> None:
    def pages() -> list[str]:
        return [text_of(admin.get(reverse(f"admin:{name}"))) for name in ("index", "scoring_score_changelist")]

    assert not any("not what the rules make" in page for page in pages())
    wrong = {"id": people[0].pk, "customer": people[0].ref, "day": str(DAY), "ruleset": "Standard",
             "fields": {"commitment": [1, 2]}}  # fmt: skip
    found = {"checked": 6, "everybody": False, "differing": 1, "customers": [wrong]}
    run = standard.runs.create(kind="audit", status="done", asked_at=NOON, finished_at=NOON, result=found)
    assert all("1 of 6 stored scores checked differs from a fresh calculation" in page for page in pages())
    page = admin.get(run_page(run)).content.decode()
    assert people[0].get_absolute_url() in page
    assert "Rescore all customers" in page


def test_scores_that_stay_behind_raise_an_alarm(
    admin: Client, standard: RuleSet, people: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    def pages() -> list[str]:
        return [text_of(admin.get(reverse(f"admin:{name}"))) for name in ("index", "scoring_score_changelist")]

    rescore_all(at=timezone.now() - timedelta(days=1))
    assert not any("Scores are behind" in page for page in pages())
    monkeypatch.setattr(runs, "rescore", lambda *_, **__: 1 / 0)
    assert rescore_new_day_task() == continue_runs() == 1
    assert all("Scores are outdated: the last full rescore failed" in page for page in pages())
    failed = Run.objects.get()
    assert run_page(failed) in admin.get(reverse("admin:index")).content.decode()
    page = admin.get(run_page(failed))
    assert "ZeroDivisionError" in text_of(page)
    assert "Rescore all customers" in text_of(page)
    monkeypatch.undo()
    admin.post(reverse("admin:scoring_run_ask"), {"kind": "rescore"})
    assert continue_runs() == 1
    assert not any("Scores are behind" in page for page in pages())


def test_why_a_run_failed_is_told_in_the_language_of_who_reads(
    admin: Client, draft: RuleSet, people: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker stores no finished sentence, since its language may differ from the reader's."""
    asked = {"as_of": str(DAY - timedelta(days=110)), "outcome": "attribute:happy", "horizon": None, "present": ""}
    run = draft.runs.create(kind="backtest", asked_at=NOON, settings=asked)
    assert continue_run(run.pk)
    assert "No customer has an attribute happy. There are: passed." in text_of(admin.get(run_page(run)))
    german = {"No customer has an attribute %(name)s. There are: %(known)s.": "Niemand hat %(name)s, nur %(known)s."}
    monkeypatch.setattr(translatable_text, "gettext", lambda msgid: german.get(msgid, msgid))
    assert "Niemand hat happy, nur passed." in text_of(admin.get(run_page(run)))


@pytest.mark.parametrize("kind", ["rescore", "audit"])
def test_a_rescore_and_an_audit_are_asked_for(admin: Client, standard: RuleSet, kind: str) -> None:
    assert admin.post(reverse("admin:scoring_run_ask"), {"kind": kind}).status_code == 302
    assert Run.objects.get(kind=kind).rule_set == standard
    assert admin.post(reverse("admin:scoring_run_ask"), {"kind": "preview"}).status_code == 400


@pytest.mark.parametrize("role", ["support", "manager"])
def test_runs_are_for_administrators(draft: RuleSet, role: str) -> None:
    run = draft.runs.create(kind="preview", status="done", asked_at=NOON, result={})
    shown = [run_page(run), *(reverse(f"admin:scoring_run_{name}") for name in ("changelist", "comparison"))]
    posted = [run_page(run, "cancellation"), run_page(run, "delete"), reverse("admin:scoring_run_ask")]
    for is_staff, status in ((False, 302), (True, 403)):
        desk = signed_in(UserFactory(role=role, is_staff=is_staff))
        assert {url: desk.get(url).status_code for url in shown} == dict.fromkeys(shown, status)
        assert {url: desk.post(url).status_code for url in posted} == dict.fromkeys(posted, status)


def test_activation_asks_what_each_tier_is_now_that_has_no_namesake(
    admin: Client, draft: RuleSet, standard: RuleSet
) -> None:
    draft.tiers.filter(name="Champion").update(name="Star", rank=5)
    draft.tiers.create(rank=4, name="Gold", partnership=65, confidence=0.4, response_hours=6)
    champion, star, gold = standard.tiers.get(name="Champion"), *draft.tiers.filter(name__in=["Star", "Gold"])[::-1]
    url, name = address(draft, "activation"), f"tier-{champion.pk}"
    page = admin.get(url).content.decode()
    assert "“Champion” is now" in page
    assert page.count(' name="tier-') == 1
    assert re.search(rf'<option value="{star.pk}" selected>Star<', page)
    assert admin.post(url, {"why": "Gold it is", name: ""}).status_code == 422
    assert admin.post(url, {"why": "Gold it is", name: champion.pk}).status_code == 422
    assert admin.post(url, {"why": "Gold it is", name: gold.pk}).status_code == 302
    champion.refresh_from_db()
    assert champion.same_as == gold


def test_a_tier_can_be_said_to_be_gone(admin: Client, draft: RuleSet, standard: RuleSet) -> None:
    draft.tiers.filter(name="Champion").update(name="Star")
    champion = standard.tiers.get(name="Champion")
    answer = {"why": "No more champions", f"tier-{champion.pk}": "gone"}
    assert admin.post(address(draft, "activation"), answer).status_code == 302
    champion.refresh_from_db()
    assert (champion.same_as, champion.in_force) == (None, None)
