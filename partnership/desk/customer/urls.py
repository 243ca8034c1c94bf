from django.urls import path

from partnership.desk.customer import news_views, views

urlpatterns = [
    path("customers/<int:pk>/", views.customer, name="customer"),
    path("customers/<int:pk>/why/", views.why, name="why"),
    path("customers/<int:pk>/why.json", views.why_as_json, name="why_json"),
    path("customers/<int:pk>/about/", views.about, name="about"),
    path("customers/<int:pk>/news/", news_views.news, name="news"),
]
