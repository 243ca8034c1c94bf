from django.urls import path

from partnership.desk.personal_data import views

urlpatterns = [path("customers/<int:pk>/data/", views.customer_data, name="customer_data")]
