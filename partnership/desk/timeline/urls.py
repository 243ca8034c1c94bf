from django.urls import path

from partnership.desk.timeline import news_views, views

urlpatterns = [
    path("customers/<int:pk>/timeline/", views.timeline, name="timeline"),
    path("customers/<int:pk>/timeline/filters/", views.timeline_filters, name="timeline_filters"),
    path("customers/<int:pk>/news/", news_views.news, name="news"),
]
