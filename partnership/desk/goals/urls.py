from django.urls import path

from partnership.desk.goals import views

urlpatterns = [
    path("customers/<int:pk>/goals/", views.add, name="goals"),
    path("goals/<int:pk>/check-ins/", views.check_ins, name="check_ins"),
    path("check-ins/<int:pk>/withdrawal/<uuid:change>/", views.check_in_withdrawal, name="check_in_withdrawal"),
    path("goals/<int:pk>/achievement/", views.achievement, name="goal_achievement"),
    path("goals/<int:pk>/dropping/", views.dropping, name="goal_dropping"),
    path("goals/<int:pk>/correction/", views.correction, name="goal_correction"),
    path("goals/<int:pk>/reopening/", views.reopening, name="goal_reopening"),
]
