"""The composer as a part of the customer's page."""

from collections.abc import Sequence
from dataclasses import dataclass

from customers.models import Customer
from partnership.desk.composer.base import Composer
from partnership.desk.composer.tabs import TABS, Tab


@dataclass(frozen=True, kw_only=True)
class ComposerSection:
    """`no_nudge`: why the customer cannot be nudged now, empty when they can; `writing`: names of colleagues who write
    to them too; `preview`: safe HTML; `said`: what was just saved; `kept`: the fields come from a draft."""

    customer: Customer
    form: Composer
    no_nudge: str
    tabs: Sequence[Tab] = TABS
    writing: Sequence[str] = ()
    preview: str = ""
    said: str = ""
    kept: bool = False
