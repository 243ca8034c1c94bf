from django.urls import path

from partnership.health import views
from partnership.health.alerts import views as alerts

urlpatterns = [
    path("health/", views.health, name="health"),
    *(path(f"health/{name}/", views.board, {"board": name}, name=f"health_{name}") for name in views.BOARDS),
    path("health/rows/<slug:of>/", views.metric_rows, name="health_rows"),
    path("health/renewals/", views.renewals, name="health_renewals"),
    path("health/colleagues/<slug:whose>/<slug:of>/", views.colleague_rows, name="health_colleague_rows"),
    path("health/customers/", views.customers, name="health_customers"),
    path("health/weekly-summary/", views.weekly_summary, name="health_weekly_summary"),
    path("health/alerts/", alerts.alerts, name="health_alerts"),
    path("health/alerts/<int:pk>/", alerts.alert, name="health_alert_edit"),
    path("health/alerts/<int:pk>/removal/", alerts.removal, name="health_alert_removal"),
    path("health/alerts/<int:pk>/restoration/", alerts.restoration, name="health_alert_restoration"),
    path("health/raised-alerts/<int:pk>/looking/", alerts.looking, name="health_raised_alert_looking"),
    path("health/raised-alerts/<int:pk>/undo/", alerts.looking_undo, name="health_raised_alert_undo"),
]
