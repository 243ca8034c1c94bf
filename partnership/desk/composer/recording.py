"""Recording what a form of the composer holds."""

from datetime import datetime

from django.db import transaction

from interactions.errors import ActionRefused
from interactions.models import Interaction
from partnership.desk.composer.base import Composer, Written
from partnership.desk.composer.drafts import drop_draft
from partnership.notifications.notify import notify_mentions


@transaction.atomic
def record_written(form: Composer, *, at: datetime) -> Written | None:
    """Record it and drop its draft; None where the form has errors or the action is refused, which the form tells."""
    if not form.is_valid():
        return None
    try:
        entry = form.save(at=at)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return None
    if form.for_colleagues and isinstance(entry, Interaction):
        notify_mentions(entry, by=form.by, at=at)
    drop_draft(form)
    return entry
