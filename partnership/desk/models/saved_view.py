"""A saved search, order and choice of columns of the list of customers."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partnership.staff.models import User


class SavedView(models.Model):
    """A named list. `query`: its query string; `columns`: None for the user's own choice."""

    name = models.CharField(_("name"), max_length=100)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views", db_index=False)
    shared = models.BooleanField(_("shared with all colleagues"), default=False)
    query = models.CharField(max_length=1000, blank=True)
    columns = ArrayField(models.CharField(max_length=30), null=True, blank=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="desk_savedview_one_of_a_name",
                violation_error_message=_("You have a view of that name already: choose another name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('customers')}?{'&'.join(filter(None, (self.query, f'view={self.pk}')))}"
