from django.urls import path

from partnership.desk.tier_pins import views

urlpatterns = [
    path("customers/<int:pk>/pin/", views.pin, name="tier_pin"),
    path("customers/<int:pk>/pin/undo/<uuid:change>/", views.undoing, name="tier_pin_undo"),
    path("customers/<int:pk>/pin/removal/", views.removal, name="tier_pin_removal"),
]
