from django.urls import path

from partnership.desk.search import name_views, views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("palette/", views.palette, name="palette"),
    path("customers/names/", name_views.names, name="names"),
    path("customers/tags/", name_views.tag_suggestions, name="tag_suggestions"),
]
