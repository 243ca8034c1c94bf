"""What imports still owe."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportRemainder(models.Model):
    """What an import has to do to a row once all its lines are in, or has to know of it until then.

    Written in the transaction of the batch that owes it, and deleted by who does it: the import itself, or when that
    was killed, the next one or a worker.
    """

    class What(models.TextChoices):
        CURRENT = "current_stated"
        STATED = "conversations_stated"
        NEW = "conversations_new"
        MADE = "conversations_made"
        REJOINED = "conversations_rejoined"
        TOUCHED = "conversations_touched"
        ALONE = "messages_alone"

    import_key = models.IntegerField()  # 0: of an import that was killed, for the next one
    what = models.CharField(max_length=22)
    row = models.BigIntegerField()

    class Meta:
        verbose_name = _("what an import owes")
        verbose_name_plural = _("what imports owe")
        indexes = [models.Index(fields=["import_key"], name="interactions_owed_by_import")]

    def __str__(self) -> str:
        return f"{self.what} {self.row}"
