from django.urls import path

from partnership.desk.change_history import views

urlpatterns = [
    path("customers/<int:pk>/entries/<int:entry_pk>/history/", views.of_entry, name="entry_history"),
    path("customers/<int:pk>/history/", views.of_customer, name="customer_history"),
]
