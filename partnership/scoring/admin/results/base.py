"""What results of any kind have in common, and results side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from partnership.scoring.admin.formatting import format_day
from partnership.scoring.models import Run

Figure = tuple[str, str]  # a label and its value as text


@dataclass
class Result:
    """A result of any kind; subclasses read the run's JSON as the type it was stored with."""

    run: Run

    @property
    def data(self) -> Mapping[str, object]:
        return cast("Mapping[str, object]", self.run.result)

    @property
    def day(self) -> str:
        return format_day(str(self.data["as_of"]))

    @cached_property
    def is_outdated(self) -> bool:
        """Say whether the rule set was edited since."""
        fingerprint = self.data.get("fingerprint")
        return fingerprint is not None and fingerprint != self.run.rule_set.fingerprint()

    @property
    def figures(self) -> list[Figure]:
        """List the plain values of a result."""
        plain = {name: value for name, value in self.data.items() if isinstance(value, str | int | float)}
        return [(name.replace("_", " ").capitalize(), str(value)) for name, value in plain.items()]


@dataclass(frozen=True)
class Row:
    """One figure of several results; the text is empty where a result lacks it."""

    label: str
    texts: list[str]

    @property
    def differs(self) -> bool:
        return all(self.texts) and len(set(self.texts)) > 1


@dataclass(frozen=True)
class SideBySide:
    """Results side by side, None where there is none."""

    results: Sequence[Result | None]

    @property
    def rows(self) -> list[Row]:
        columns = [dict(result.figures) if result else {} for result in self.results]
        labels = dict.fromkeys(label for column in columns for label in column)
        return [Row(label, [column.get(label, "") for column in columns]) for label in labels]
