"""The firm's logo at the head of mail."""

from email.mime.image import MIMEImage

from django.core.mail import EmailMultiAlternatives

from partnership.staff.models import Firm


def attach_logo(message: EmailMultiAlternatives, firm: Firm) -> EmailMultiAlternatives:
    """Attach the picture that email/letterhead.html shows. Without its file, mail leaves without it."""
    if firm.logo:
        try:
            with firm.logo.open("rb") as file:
                picture = MIMEImage(file.read(), "png")
        except OSError:
            return message
        picture.add_header("Content-ID", "<logo>")
        picture.add_header("Content-Disposition", "inline", filename="logo.png")
        message.attach(picture)
    return message
