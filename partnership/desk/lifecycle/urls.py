from django.urls import path

from partnership.desk.lifecycle import views

urlpatterns = [
    path("customers/<int:pk>/standing/", views.standing, name="standing"),
    path("customers/<int:pk>/standing/undo/<uuid:change>/", views.undoing, name="standing_undo"),
]
