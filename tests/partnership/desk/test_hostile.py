"""Whatever stands in any text field of any model, no page lets it act: it is escaped, and only our own scripts run.

The browser's side of it is tests/e2e/test_hostile.py.
"""

import re

import pgtrigger
import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from partnership.recoveries.lifecycle import close_recovery
from partnership.recoveries.models import Recovery
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.access import LEAST_ROLE
from partnership.staff.models import User
from tests.everything import every_url, tell_everything
from tests.factories import CustomerFactory, DepartmentFactory, OrganisationFactory, UserFactory, happens
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

TAG = "<img src=x onerror=__pwned()>"
HOSTILE = f"'\">{TAG}"
"""It breaks out of an attribute in either quotes, then out of text."""

OURS = ["customers", "interactions", "staff", "scoring", "focus", "recoveries", "health", "notifications", "desk"]
NOT_WORDS = {
    "password", "email", "external_id", "source", "language", "timezone", "currency", "normalised", "sha256", "key",
    "message_id", "in_reply_to", "references", "content_id", "content_type", "columns", "query", "timeline",
    "own_addresses", "own_domains", "to", "html", "payload_key", "payload_value", "number_key", "shared_cap", "tab",
    "cause", "business_hours", "files", "pending", "salt", "digest", "accent", "country",
    "region", "token_hash", "options", "host",
}  # fmt: skip
"""Keys, codes and addresses, which nobody can write into; `html` is cleaned where it comes in."""


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def word(field) -> str:
    """The hostile text, and whose it is."""
    return f"{HOSTILE}{field.model._meta.model_name}.{field.name}"


def worded(field):
    """What the field holds then; None for a field that holds no words."""
    if field.name in NOT_WORDS or field.choices or field.generated or isinstance(field, models.UUIDField):
        return None
    if isinstance(field, ArrayField):
        inner = field.base_field
        return [word(field)] if isinstance(inner, models.CharField) and not inner.choices else None
    if isinstance(field, models.JSONField):
        kept = {"days_late": 2, "body": word(field), "what": word(field)}
        return {word(field): word(field), **kept} if field.name != "kept" else None
    if isinstance(field, models.CharField | models.TextField):
        text = word(field)
        return text if not field.max_length or len(text) <= field.max_length else text[: field.max_length]
    return None


@pgtrigger.ignore("scoring.ValueRule:only_in_drafts", "scoring.Tier:only_in_drafts", "staff.AuditRecord:append_only")
def poison() -> set[str]:
    """Every text of every row, twice, so that the histories are full of it too; the names of the fields."""
    done = set()
    for model in (one for label in OURS for one in apps.get_app_config(label).get_models()):
        if "pgh" in model.__name__.lower() or model.__name__.endswith("Event") or not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            words = worded(field)
            if words is None or isinstance(field, models.FileField):
                continue
            for row in model._base_manager.all():  # one by one, for some are unique
                told = words
                if isinstance(words, str) and (field.unique or model.__name__ in ("SavedView", "ValueRule", "Tier")):
                    told = f"{words}{row.pk}"[: field.max_length]
                model._base_manager.filter(pk=row.pk).update(**{field.attname: told})
            done.add(f"{model._meta.model_name}.{field.name}")
    return done


@pytest.fixture
def told(sam, manager):
    firm = OrganisationFactory(owner=sam)
    customer = CustomerFactory(owner=sam, organisation=firm, introduced_by=firm, role="founder", about="a")
    CustomerFactory(organisation=customer.organisation, introduced_by=customer)
    User.objects.filter(pk=manager.pk).update(department=DepartmentFactory(), away_from="2020-01-01", cover=sam)
    told = tell_everything(customer, by=manager, colleague=sam, viewer=manager)
    close_recovery(Recovery.objects.get(), outcome="Forgotten", by=manager, at=timezone.now())
    rescore_all(at=timezone.now())
    fields = poison()
    poison()
    assert {"customer.name", "interaction.body", "commitment.what", "goal.title", "deletion.reason"} <= fields
    Customer.objects.filter(pk=firm.pk).update(owner=manager)
    happens(customer, "mistake", at=timezone.now(), direction="outbound", body=HOSTILE)  # beside the one that is closed
    return told


SAFE_SCRIPTS = {"'self'", "'none'"}


def assert_strict(response, where: str) -> None:
    parts = response.headers["Content-Security-Policy"].split(";")
    policy = {name: set(sources) for name, *sources in map(str.split, filter(str.strip, parts))}
    for directive in ("script-src", "script-src-elem", "script-src-attr", "worker-src", "default-src", "object-src"):
        sources = policy.get(directive, policy["default-src"])
        assert sources <= SAFE_SCRIPTS, f"{where}: {directive} {sources}"
    assert "base-uri" in policy or policy["default-src"] == {"'none'"}, where


def assert_tame(response, where: str) -> str:
    """The policy holds, and no hostile text stands there as HTML; what stands there."""
    assert response.status_code < 500, where
    if response.streaming:
        response.getvalue()
        assert_strict(response, where)
        return ""
    shown = response.content.decode(errors="replace")
    assert_strict(response, where)
    if response.headers.get("Content-Type", "").startswith("text/html"):
        assert TAG not in shown, f"{where}: …{shown[max(0, shown.find(TAG) - 200) :][:300]}"
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", shown), f"{where}: inline script"
        assert not re.search(r"<[a-z][^<>]*\son[a-z]+\s*=", unquoted(shown)), f"{where}: inline handler"
    return shown


def unquoted(html: str) -> str:
    """Without the values of attributes, in which anything may be said."""
    return re.sub(r"=\s*(\"[^\"]*\"|'[^']*')", "=", html)


def escaped(shown: str) -> set[str]:
    """The fields whose text stands there as text."""
    return set(re.findall(r"onerror=__pwned\(\)&gt;([a-z]+\.[a-z_]+)", shown))


MUST_BE_SEEN = {
    "customer.name", "customer.preferred_name", "customer.about", "customer.role", "customer.tags",
    "contactpoint.value", "goal.title", "goal.why", "goal.unit", "commitment.what", "interaction.subject",
    "interaction.body", "interaction.quoted", "conversation.subject", "conversation.snooze_reason", "attachment.name",
    "deletion.reason", "outgoing.error", "wallpost.words", "notification.text", "savedview.name", "draft.fields",
    "user.name", "department.name", "tier.name", "recovery.what_happened", "recovery.what_we_did", "focusitem.facts",
    "recovery.outcome",
}  # fmt: skip
"""Which fields the pages below are known to show: without it a page that shows nothing would pass."""


def test_no_page_lets_it_act(managers_desk, desk, manager, told):
    htmx = signed_in(manager, hx_request="true")
    seen = escaped(assert_tame(desk.get(f"/customers/{told.customer.pk}/drafts/"), "a draft"))
    for asked, url in every_url(told).items():
        for client, how in ((managers_desk, "page"), (htmx, "fragment")):
            seen |= escaped(assert_tame(client.get(url), f"{asked} as a {how}"))
    more = ["/customers/?q=img", "/search/?q=img&tab=entries", "/search/?q=img&tab=conversations", "/palette/?q=img",
            "/customers/?view=1", f"/customers/{told.customer.pk}/timeline/?print=1", f"/search/?q={HOSTILE}",
            f"/customers/{told.customer.pk}/timeline/?q=img&opened=1", f"/customers/?q={HOSTILE}",
            f"/customers/{told.customer.pk}/timeline/?rule={HOSTILE}&from={HOSTILE}", "/group-session/?q=img",
            f"/customers/{told.customer.organisation_id}/timeline/?opened=1", "/customers/names/?introducer_name=img",
            f"/customers/{told.customer.pk}/replies/", "/colleagues/?q='"]  # fmt: skip
    for url in more:
        seen |= escaped(assert_tame(managers_desk.get(url), url))
    for asked, url in every_url(told).items():
        assert_tame(managers_desk.post(url, {"body": HOSTILE, "words": HOSTILE, "preview": "1"}), f"{asked} posted")
    assert seen >= MUST_BE_SEEN, sorted(MUST_BE_SEEN - seen)


def test_no_page_of_the_admins_lets_it_act(told, client):
    client.force_login(UserFactory(admin=True))
    seen = escaped(assert_tame(client.get(reverse("admin:index")), "the admin's index"))
    for model in site._registry:
        begin = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        seen |= escaped(assert_tame(client.get(reverse(f"{begin}_changelist")), f"{begin} list"))
        row = model._base_manager.order_by("-pk").first()
        if row:
            for page in ("change", "history"):
                url = reverse(f"{begin}_{page}", args=[row.pk])
                seen |= escaped(assert_tame(client.get(url), f"{begin} {page}"))
        assert_tame(client.get(reverse(f"{begin}_add")), f"{begin} add")
    assert seen >= {"customer.name", "interaction.subject", "goal.title", "user.name"}
    assert_tame(client.get(reverse("admin:password_change")), "password")


def test_who_is_not_signed_in_is_under_the_same_policy(client, firm):
    for url in ("/accounts/login/", "/welcome/", "/accounts/password/reset/", "/nowhere/", "/healthz", "/admin/login/"):
        assert_strict(client.get(url, follow=True), url)


def test_what_is_refused_is_under_the_same_policy(desk, told):
    for url in ("/nowhere/", "/customers/999999/", "/customers/bulk/history/", "/notifications/?before=x", "/admin/"):
        assert_strict(desk.get(url), url)


def test_every_url_is_walked(told):
    assert every_url(told).keys() == LEAST_ROLE.keys()
