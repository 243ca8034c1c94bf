from django.urls import path

from partnership.health import views

urlpatterns = [
    path("health/", views.health, name="health"),
    *(path(f"health/{name}/", views.board, {"board": name}, name=f"health_{name}") for name in views.BOARDS),
    path("health/rows/<slug:of>/", views.metric_rows, name="health_rows"),
    path("health/renewals/", views.renewals, name="health_renewals"),
    path("health/colleagues/<slug:whose>/<slug:of>/", views.colleague_rows, name="health_colleague_rows"),
    path("health/customers/", views.customers, name="health_customers"),
    path("health/weekly-summary/", views.weekly_summary, name="health_weekly_summary"),
]
