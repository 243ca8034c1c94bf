from django.urls import path

from partnership.desk.saved_replies import views

urlpatterns = [
    path("saved-replies/", views.replies, name="saved_replies"),
    path("saved-replies/new/", views.new_reply, name="new_saved_reply"),
    path("saved-replies/<int:pk>/", views.edit_reply, name="saved_reply"),
    path("saved-replies/<int:pk>/deletion/", views.reply_deletion, name="saved_reply_deletion"),
    path("customers/<int:pk>/saved-replies/<int:reply_pk>/", views.reply_text, name="saved_reply_text"),
]
