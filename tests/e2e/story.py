"""A small story that every screen can show: a quiet champion, a loud one, one whom we owe, an organisation."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from customers.models import Customer
from interactions.actions.goals import check_in
from interactions.actions.promises import keep_promise
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.models import Firm, User
from tests.factories import (
    ContactPointFactory,
    ConversationFactory,
    CustomerFactory,
    OrganisationFactory,
    firm_today,
    goal,
    happens,
    noon,
    promise,
    works,
)

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Papadopoulos-Fernández de la Vega y Ruiz-Zorrilla"

THREADED = 9
"""So many of the loud one's mails are one thread; the others stand alone."""


@dataclass
class Story:
    sam: User
    champion: Customer
    loud: Customer
    owed: Customer
    firm: Customer


def tell(*, sam: User, today: date) -> Story:
    """The story up to `today`, by the verbs that the screens use; scores are not yet made."""
    assert Firm.objects.exists()
    champion = CustomerFactory(name="Ines Duarte", preferred_name="Ines", owner=sam, tags=["cohort-3"], pace="brisk")
    loud = CustomerFactory(name="Rolf Brandt", owner=sam)
    owed = CustomerFactory(name=LONG_NAME, owner=sam, introduced_by=champion)
    firm = OrganisationFactory(name="Duarte Lda")
    champion.organisation, champion.role = firm, "founder"
    champion.save()
    tell_of_champion(champion, sam=sam, today=today)
    tell_of_loud(loud, sam=sam, today=today)
    promise(
        owed, "Send the corrected invoice", at=noon(today - timedelta(days=9)), due_on=today - timedelta(days=3), by=sam
    )
    happens(owed, "purchase", at=noon(today - timedelta(days=60)), amount="1200.00", currency="EUR", channel="billing")
    return Story(sam, champion, loud, owed, firm)


def tell_and_score(sam: User) -> Story:
    told = tell(sam=sam, today=firm_today())
    rescore_all(at=timezone.now())
    return told


def tell_of_champion(ines: Customer, *, sam: User, today: date) -> None:
    ContactPointFactory(customer=ines, value="ines@example.org")
    clients = goal(
        ines, "First ten paying clients", at=noon(today - timedelta(days=80)), by=sam,
        baseline=0, target=10, unit="clients", due_on=today + timedelta(days=40),
    )  # fmt: skip
    check_in(goal=clients, at=noon(today - timedelta(days=5)), by=None, value=Decimal(6), note="Two more said yes.")
    for weeks in range(6, 0, -1):
        day = today - timedelta(weeks=weeks)
        theirs = promise(
            ines, f"Call five leads, week {7 - weeks}", party="them", at=noon(day), due_on=day + timedelta(days=6),
            by=sam, goal=clients,
        )  # fmt: skip
        keep_promise(theirs, at=noon(day + timedelta(days=5)), by=None)
    works(ines, until=today - timedelta(days=1), days=20)
    happens(ines, "referral", at=noon(today - timedelta(days=30)), subject="Sent a friend to us")
    happens(ines, "feedback", at=noon(today - timedelta(days=12)), body="The second module is too slow.")
    promise(ines, "Read the draft offer", at=noon(today - timedelta(days=2)), due_on=today + timedelta(days=1), by=sam)


def tell_of_loud(rolf: Customer, *, sam: User, today: date) -> None:
    thread = ConversationFactory(customer=rolf, subject="Refund, again")
    happens(rolf, "purchase", at=noon(today - timedelta(days=330)), amount="890.00", currency="EUR", channel="billing")
    promised = promise(
        rolf, "Finish the first lesson", party="them", at=noon(today - timedelta(days=40)),
        due_on=today + timedelta(days=2), by=sam,
    )  # fmt: skip
    assert promised.status == "open"
    for back in range(60, 0, -1):
        happens(
            rolf, "complaint" if back % 3 else "refund_request", at=noon(today - timedelta(days=back)),
            conversation_id=thread.pk if back <= THREADED else None,
            subject="I want my money back", body="Nobody has answered me. " * (back % 7 + 1),
        )  # fmt: skip
