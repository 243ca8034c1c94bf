from django.urls import path

from partnership.recoveries import views

urlpatterns = [
    path("recoveries/", views.recoveries, name="recoveries"),
    path("recoveries/<int:pk>/", views.recovery, name="recovery"),
    path("recoveries/<int:pk>/forgiveness/", views.forgiveness, name="recovery_forgiveness"),
    path("recoveries/<int:pk>/closure/", views.closure, name="recovery_closure"),
]
