from django.urls import path

from partnership.desk.backups import views

urlpatterns = [
    path("settings/backups/", views.backups, name="backups"),
    path("settings/backups/new/", views.new_backup, name="new_backup"),
    path("settings/backups/<int:pk>/file/", views.backup_file, name="backup_file"),
]
