from celery import shared_task

from partnership.staff.sign_in import mails


@shared_task
def send_password_link(email: str) -> None:
    mails.send_password_link(email)
