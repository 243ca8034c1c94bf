from django.urls import path

from partnership.desk.promises import views

urlpatterns = [
    path("customers/<int:pk>/commitments/", views.add, name="new_promise"),
    path("promises/<int:pk>/keeping/", views.keeping, name="promise_keeping"),
    path("promises/<int:pk>/release/", views.release, name="promise_release"),
    path("promises/<int:pk>/renegotiation/", views.renegotiation, name="promise_renegotiation"),
    path("promises/<int:pk>/correction/", views.correction, name="promise_correction"),
]
