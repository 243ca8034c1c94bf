"""The result of an audit: customers with wrong stored scores."""

from dataclasses import dataclass
from typing import cast

from customers.models import Customer
from partnership.scoring.admin.formatting import format_day
from partnership.scoring.admin.results.base import Result
from partnership.scoring.engine.score_audit import Audit


@dataclass(frozen=True)
class _ShownDifference:
    """A customer with a wrong stored score; `person` is None once deleted."""

    customer: str
    person: Customer | None
    day: str
    ruleset: str
    fields: list[str]


class AuditResult(Result):
    @property
    def data(self) -> Audit:
        return cast("Audit", self.run.result)

    @property
    def customers(self) -> list[_ShownDifference]:
        people = Customer.objects.in_bulk([one["id"] for one in self.data["customers"]])
        return [
            _ShownDifference(
                customer=one["customer"],
                person=people.get(one["id"]),
                day=format_day(one["day"]),
                ruleset=one["ruleset"],
                fields=list(one["fields"]),
            )
            for one in self.data["customers"]
        ]
