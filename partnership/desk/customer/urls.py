from django.urls import path, register_converter

from partnership.desk.composer.tabs import TabConverter
from partnership.desk.customer import compose_views, news_views, views

register_converter(TabConverter, "tab")

urlpatterns = [
    path("customers/<int:pk>/", views.customer, name="customer"),
    path("customers/<int:pk>/<tab:tab>/", compose_views.compose, name="compose"),
    path("customers/<int:pk>/why/", views.why, name="why"),
    path("customers/<int:pk>/why.json", views.why_as_json, name="why_json"),
    path("customers/<int:pk>/about/", views.about, name="about"),
    path("customers/<int:pk>/news/", news_views.news, name="news"),
]
