from django.urls import path

from partnership.staff.mail import settings_page, views

urlpatterns = [
    path("mail/", settings_page.mail_settings, name="mail_settings"),
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<slug:mail>/", views.outbox_mail, name="outbox_mail"),
]
