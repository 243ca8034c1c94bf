from celery import shared_task

from partnership.staff.sign_in import mails


@shared_task
def send_password_link(email: str) -> None:
    mails.send_password_link(email)


@shared_task
def send_security_notice(user_pk: str, kind: str) -> None:
    mails.send_security_notice(int(user_pk), kind)
