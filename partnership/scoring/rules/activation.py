"""Copy rule sets, and activate them."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from interactions.errors import ActionRefused
from partnership.scoring.models import RuleSet, Run, Tier, ValueRule
from partnership.scoring.rules.tier_lineage import carry_tiers_over, match_tiers
from partnership.scoring.rules.validation import find_problems
from partnership.scoring.trials.runs import request_run
from partnership.staff.audit import history_author
from partnership.staff.models import User


@transaction.atomic
def copy_rule_set(*, rule_set: RuleSet, name: str, by: User | None) -> RuleSet:
    """Make a draft with the same constants, rules and tiers. ValidationError when another set has that name."""
    draft = copy(rule_set)
    draft.pk, draft._state.adding = None, True
    draft.name, draft.status, draft.based_on = name, RuleSet.Status.DRAFT, rule_set
    draft.why, draft.activated_at, draft.retired_at = "", None, None
    draft._prefetched_objects_cache = {}  # type: ignore[attr-defined]
    draft.full_clean()
    rows: list[ValueRule | Tier] = [*rule_set.rules.all(), *rule_set.tiers.all()]
    with history_author(by):
        draft.save()
        for row in map(copy, rows):
            if isinstance(row, Tier):
                row.same_as_id = row.pk
            row.pk, row._state.adding, row.rule_set = None, True, draft
            row.save()
    return draft


@transaction.atomic
def activate_rule_set(
    *,
    rule_set: RuleSet,
    why: str,
    by: User | None,
    at: datetime,
    tiers: Mapping[int, Tier | None] | None = None,
) -> Run:
    """Activate a draft or a retired set, and return the full rescore that follows.

    `tiers`: by key, which tier of the set each tier of the active one is now, where that is not certain; what is not
    given is guessed. ActionRefused when the set is active already, breaks an invariant, or `why` is empty.
    """
    # Lock all sets in one order: of two activations at the same moment, the second sees what the first did.
    sets = {one.pk: one for one in RuleSet.objects.select_for_update().order_by("pk")}
    chosen = sets.get(rule_set.pk)
    if chosen is None:
        raise ActionRefused(_("This rule set was deleted meanwhile."))
    former = next(one for one in sets.values() if one.status == RuleSet.Status.ACTIVE)
    _check_activation(chosen, former, why)
    matches = {match.former.pk: match.latter for match in match_tiers(former, chosen)}
    carry_tiers_over(former, chosen, {**matches, **(tiers or {})})
    with history_author(by):
        RuleSet.objects.filter(pk=former.pk).update(status=RuleSet.Status.RETIRED, retired_at=at)
        RuleSet.objects.filter(pk=chosen.pk).update(
            status=RuleSet.Status.ACTIVE, why=why.strip(), activated_at=at, retired_at=None
        )
    chosen.refresh_from_db()
    return request_run(Run.Kind.RESCORE, rule_set=chosen, by=by, at=at)


def _check_activation(chosen: RuleSet, former: RuleSet, why: str) -> None:
    if chosen.pk == former.pk:
        raise ActionRefused(_("“%(name)s” is active already.") % {"name": chosen})
    if not why.strip():
        raise ActionRefused(_("Say what this changes and why, so that colleagues can look up later why scores moved."))
    problems = find_problems(chosen, list(chosen.rules.all()), list(chosen.tiers.all()))
    if problems:
        texts = " ".join(f"{row}: {one.text}" if (row := one.rule or one.tier) else one.text for one in problems)
        if not chosen.editable:
            texts += " " + _("Copy it, correct the copy, and activate that.")
        raise ActionRefused(_("“%(name)s” cannot be activated. %(problems)s") % {"name": chosen, "problems": texts})
