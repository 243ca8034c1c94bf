"""Channels, directions and kinds of interactions, and sets of kinds with a common meaning."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    CALL = "call", _("call")
    MEETING = "meeting", _("meeting")
    CHAT = "chat", _("chat")
    SMS = "sms", _("text message")
    SOCIAL = "social", _("social network")
    VISIT = "visit", _("visit")
    WEB = "web", _("web")
    APP = "app", _("app")
    BILLING = "billing", _("billing")
    POST = "post", _("post")
    INTERNAL = "internal", _("internal")


class Direction(models.TextChoices):
    INBOUND = "inbound", _("from them")
    OUTBOUND = "outbound", _("from us")
    INTERNAL = "internal", _("internal")


class Kind(models.TextChoices):
    MESSAGE = "message", _("message")
    CALL = "call", _("call")
    MEETING = "meeting", _("meeting")
    NOTE = "note", _("note")
    HANDOVER = "handover", _("handover")
    FORWARD = "forward", _("forwarded e-mail")
    QUESTION = "question", _("question")
    REQUEST = "request", _("request")
    COMPLAINT = "complaint", _("complaint")
    REFUND_REQUEST = "refund_request", _("refund request")
    WORK_DONE = "work_done", _("work done")
    ATTENDANCE = "attendance", _("attendance")
    CHECK_IN = "check_in", _("check-in")
    GOAL_SET = "goal_set", _("goal set")
    GOAL_ACHIEVED = "goal_achieved", _("goal achieved")
    GOAL_DROPPED = "goal_dropped", _("goal dropped")
    COMMITMENT_MADE = "commitment_made", _("promise made")
    COMMITMENT_KEPT = "commitment_kept", _("promise kept")
    COMMITMENT_MISSED = "commitment_missed", _("promise missed")
    COMMITMENT_RELEASED = "commitment_released", _("promise released")
    PURCHASE = "purchase", _("purchase")
    RENEWAL = "renewal", _("renewal")
    PAYMENT = "payment", _("payment")
    LATE_PAYMENT = "late_payment", _("late payment")
    REFUND = "refund", _("refund")
    CANCELLATION = "cancellation", _("cancellation")
    GESTURE = "gesture", _("gesture")
    FREE_WORK = "free_work", _("free work")
    INTRODUCTION = "introduction", _("introduction")
    REFERRAL = "referral", _("referral")
    TESTIMONIAL = "testimonial", _("testimonial")
    FEEDBACK = "feedback", _("feedback")
    PRAISE = "praise", _("praise")
    SURVEY_RESPONSE = "survey_response", _("survey response")
    DECLINE = "decline", _("decline")
    NUDGE = "nudge", _("nudge")
    MISTAKE = "mistake", _("mistake of ours")
    RECOVERY = "recovery", _("recovery")
    FORGIVENESS = "forgiveness", _("forgiveness")


DEMANDS = frozenset({Kind.QUESTION, Kind.REQUEST, Kind.COMPLAINT, Kind.REFUND_REQUEST})

# Marks for a message that still waits for an answer, as those of DEMANDS.
SENTIMENTS = frozenset({Kind.FEEDBACK, Kind.PRAISE, Kind.FORGIVENESS})

# Inbound, these start the waiting time.
AWAITS_ANSWER = frozenset({Kind.MESSAGE, Kind.CALL}) | DEMANDS | SENTIMENTS

# Inbound on these channels, messages without a conversation can still be answered in writing.
WRITTEN_CHANNELS = frozenset(
    {Channel.EMAIL, Channel.CHAT, Channel.SMS, Channel.SOCIAL, Channel.WEB, Channel.APP, Channel.POST}
)

# Outbound, these end the waiting time, unless sent automatically.
ANSWERS = frozenset({Kind.MESSAGE, Kind.CALL, Kind.DECLINE})

# The key in the payload of a mail of ours that did not leave: the outbox sets it, and removes it once it is sent again.
NOT_SENT = "not_sent"

# A condition on a payload, in SQL: a mail that did not leave is no contact. As WAS_SENT of querysets.
WAS_SENT_SQL = f"NOT payload ? '{NOT_SENT}'"

# What a machine sent, what went to many, and what did not leave neither begins nor ends the waiting time. A condition
# on a payload, in SQL.
IS_PERSONAL_SQL = f"""NOT payload ? 'auto_reply' AND NOT payload @> '{{"bulk": true}}' AND {WAS_SENT_SQL}"""

# Outbound to somebody else: nothing is said to the customer.
PAST_THEM = (Kind.FORWARD,)

# Outbound, these take time to write, even if no minutes were entered.
CORRESPONDENCE = (Kind.MESSAGE, Kind.DECLINE, Kind.NUDGE)

# The outbox sends entries of these kinds.
MAILED: frozenset[str] = frozenset({*CORRESPONDENCE, *PAST_THEM})

VALUE_GIVEN = (Kind.FREE_WORK, Kind.GESTURE, Kind.REFUND)
VALUE_RECEIVED = (Kind.REFERRAL, Kind.INTRODUCTION, Kind.TESTIMONIAL, Kind.PRAISE, Kind.FEEDBACK)
# Value that was exchanged, beyond words. The index interactions_value holds these kinds only.
SALES = (Kind.PURCHASE, Kind.RENEWAL)

# Our mistakes and their recovery. The index interactions_repair holds these kinds only.
REPAIR = (Kind.MISTAKE, Kind.RECOVERY, Kind.FORGIVENESS)
