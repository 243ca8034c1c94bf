"""The audit's earlier states as lines of JSON."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from interactions.personal_data.rows import Keys, Rows, audited_rows
from partnership.recoveries.models import Recovery
from partnership.scoring.models import TierPin

_CHUNK = 500


_UPPER: tuple[Any, ...] = (Recovery, TierPin)


def _events_of(model: Any, keys: Keys) -> Rows:
    return model.pgh_event_model._default_manager.filter(customer_id__in=keys).order_by("pgh_id")


def earlier_versions(keys: Keys) -> Iterator[bytes]:
    """Yield a line for each earlier state of a row of theirs: what it was, when that ended, and how."""
    upper = [(model, _events_of(model, keys)) for model in _UPPER]
    for model, events in [*audited_rows(keys), *upper]:
        for row in events.values().iterator(_CHUNK):
            state = {name: value for name, value in row.items() if not name.startswith("pgh_")}
            line = {
                "what": model._meta.model_name,
                "key": row["pgh_obj_id"],
                "change": row["pgh_label"],
                "at": row["pgh_created_at"],
                "state": state,
            }
            yield json.dumps(line, cls=DjangoJSONEncoder, ensure_ascii=False).encode() + b"\n"
