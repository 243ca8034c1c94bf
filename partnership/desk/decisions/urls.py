from django.urls import path

from partnership.desk.decisions import views

urlpatterns = [
    path("customers/<int:pk>/entries/<int:entry_pk>/decision/", views.decision, name="decision"),
    path("customers/<int:pk>/entries/<int:entry_pk>/decision/stake/", views.stake, name="decision_stake"),
    path("customers/<int:pk>/entries/<int:entry_pk>/exception/", views.exception, name="entry_exception"),
]
