from django.urls import path

from partnership.desk.files import views

urlpatterns = [
    path("attachments/<int:pk>/", views.attachment, name="attachment"),
    path("attachments/<int:pk>/preview/", views.preview, name="attachment_preview"),
    path("media/<path:name>", views.face, name="face"),
]
