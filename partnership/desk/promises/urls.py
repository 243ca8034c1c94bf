from django.urls import path

from partnership.desk.promises import views

urlpatterns = [
    path("customers/<int:pk>/commitments/", views.add, name="new_promise"),
    path("promises/<int:pk>/keeping/", views.keeping, name="promise_keeping"),
    path("promises/<int:pk>/release/", views.release, name="promise_release"),
    path("promises/", views.my_promises, name="my_promises"),
    path("promises/<int:pk>/reopening/", views.reopening, name="promise_reopening"),
    path("promises/<int:pk>/withdrawal/", views.withdrawal, name="promise_withdrawal"),
    path(
        "promises/<int:pk>/renegotiation/<int:new_pk>/undo/",
        views.renegotiation_undo,
        name="promise_renegotiation_undo",
    ),
    path("promises/<int:pk>/renegotiation/", views.renegotiation, name="promise_renegotiation"),
    path("promises/<int:pk>/correction/", views.correction, name="promise_correction"),
]
