from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from partnership.health.alerts.models import Alert
from partnership.scoring.rules.tier_lineage import TierLineage
from partnership.staff.models import ADMIN, MANAGER, User

_MOST_POINTS = 100


class AlertForm(forms.ModelForm):
    """The fields of the sentence, in its order."""

    class Meta:
        model = Alert
        fields = ["owner", "condition", "number", "tier", "days"]

    def __init__(self, data: QueryDict | None = None, *, instance: Alert, lineage: TierLineage) -> None:
        """Offer managers and admins, who alone see what the alert leads to, and the tiers in force."""
        if instance.tier_id in lineage.now:
            instance.tier = lineage.now[instance.tier_id]
        super().__init__(data, instance=instance)
        managers = Q(is_superuser=True) | Q(groups__name__in=[MANAGER, ADMIN])
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.filter(managers, is_active=True).distinct().order_by("name", "pk")
        owner.empty_label = None
        condition: Any = self.fields["condition"]
        condition.choices = Alert.Condition.choices
        tier: Any = self.fields["tier"]
        tier.queryset = tier.queryset.filter(pk__in=[one.pk for one in lineage.active]).order_by("-rank")
        tier.empty_label = _("of all tiers")
        tier.label_from_instance = lambda one: one.name

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        number, condition = given.get("number"), given.get("condition")
        in_points = condition in (Alert.Condition.BELOW, Alert.Condition.FALL)
        if in_points and number is not None and not 1 <= number <= _MOST_POINTS:
            self.add_error("number", _("Points are from 1 to 100: write a number in between."))
        return given
