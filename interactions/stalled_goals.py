"""Goals without progress."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from customers.models import CheckIn, Goal
from interactions.models import Direction, Interaction
from interactions.models.kinds import AWAITS_ANSWER

STALLS_AFTER = timedelta(weeks=3)


def stalled_goals(*, since: datetime) -> Q:
    """Match active goals set before `since` with neither a check-in nor an entry since then, other than questions.

    Served by interactions_by_goal.
    """
    asking = Q(direction=Direction.INBOUND, kind__in=sorted(AWAITS_ANSWER))
    worked = Interaction.objects.filter(~asking, goal=OuterRef("pk"), occurred_at__gte=since)
    read = CheckIn.objects.filter(goal=OuterRef("pk"), at__gte=since)
    begun = Q(set_at=None) | Q(set_at__lt=since)
    return Q(begun, ~Exists(worked), ~Exists(read), status=Goal.Status.ACTIVE)
