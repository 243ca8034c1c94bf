from django.urls import path

from partnership.desk.contact_points import views

urlpatterns = [
    path("customers/<int:pk>/contact-points/", views.add, name="contact_points"),
    path("contact-points/<int:pk>/verification/", views.verification, name="contact_point_verification"),
    path("contact-points/<int:pk>/removal/", views.removal, name="contact_point_removal"),
]
