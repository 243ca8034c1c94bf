"""Database triggers that allow changes to rule sets in drafts only, so that past scores can be recomputed (I10)."""

import pgtrigger

# Fields of a rule set that scores are computed with.
CONSTANTS = ("doubt", "balance_doubt", "promise_weight", "effort_half", "demand_half", "confidence_half", "thin_below",
             "newcomer_days", "margin")  # fmt: skip
_REFUSE = "RAISE EXCEPTION '{}' USING ERRCODE = 'check_violation', CONSTRAINT = 'scoring_only_in_drafts';"


def draft_constants_trigger() -> pgtrigger.Trigger:
    """Forbid changing the constants of an active or retired set, and making it a draft again."""
    old, new = (", ".join(f"{row}.{name}" for name in CONSTANTS) for row in ("OLD", "NEW"))
    return pgtrigger.Trigger(
        name="constants_only_in_drafts",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=~pgtrigger.Q(old__status="draft"),
        func=f"""
            IF NEW.status = 'draft' OR ({old}) IS DISTINCT FROM ({new}) THEN
                {_REFUSE.format("constants change in drafts alone")}
            END IF;
            RETURN NEW;
        """,
    )


def draft_rows_trigger(*, besides: str = "") -> pgtrigger.Trigger:
    """Forbid changing rules and tiers of an active or retired set, but for the column `besides`.

    The set's row is locked, so an edit and an activation at the same moment run one after the other.
    """
    free = f"""
            IF TG_OP = 'UPDATE' THEN
                IF to_jsonb(OLD) - '{besides}' = to_jsonb(NEW) - '{besides}' THEN
                    RETURN NEW;
                END IF;
            END IF;"""
    return pgtrigger.Trigger(
        name="only_in_drafts",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        declare=[("found", "RECORD")],
        func=f"""{free if besides else ""}
            FOR found IN
                SELECT status FROM scoring_ruleset
                WHERE TG_OP <> 'INSERT' AND id = OLD.rule_set_id OR TG_OP <> 'DELETE' AND id = NEW.rule_set_id
                ORDER BY id FOR SHARE
            LOOP
                IF found.status <> 'draft' THEN
                    {_REFUSE.format("rules and tiers change in drafts alone")}
                END IF;
            END LOOP;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            RETURN NEW;
        """,
    )
