from django.urls import path

from partnership.desk.customer_list import views

urlpatterns = [
    path("customers/", views.customers, name="customers"),
    path("customers/new/", views.new_customer, name="new_customer"),
    path("customers/new/likely/", views.likely_duplicates, name="likely_duplicates"),
    path("customers/<int:pk>/details/", views.edit_customer, name="edit_customer"),
]
