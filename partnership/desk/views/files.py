"""Files of customers and faces, each only for who may see the customer, none able to act as one of our pages."""

from mimetypes import guess_type

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from interactions.models import Attachment
from partnership.desk.finding import visible_customers
from partnership.staff.models import User

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may open in place; everything else is saved."""

SEALED = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
DAY = 86_400


def sealed(file: FieldFile, *, content_type: str, name: str, inline: bool) -> FileResponse:
    try:
        content = file.open("rb")
    except FileNotFoundError as lost:
        raise Http404 from lost
    response = FileResponse(content, as_attachment=not inline, filename=name, content_type=content_type)
    response["Content-Security-Policy"] = SEALED
    response["Cache-Control"] = f"private, max-age={DAY}"
    return response


@require_safe
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    visible = Attachment.objects.filter(interaction__customer__in=visible_customers(request))
    found = get_object_or_404(visible, pk=pk)
    inline = found.content_type in SHOWN
    content_type = found.content_type if inline else "application/octet-stream"
    return sealed(found.file, content_type=content_type, name=found.name, inline=inline)


@require_safe
def face(request: HttpRequest, name: str) -> FileResponse:
    """A photo or a drawn face; a drawing runs no script, sealed as it is."""
    whose = visible_customers(request).filter(photo=name).first() or User.objects.filter(photo=name).first()
    if whose is None:
        raise Http404
    content_type = guess_type(name)[0] or ""
    inline = content_type in SHOWN or content_type == "image/svg+xml"
    kind = content_type if inline else "application/octet-stream"
    return sealed(whose.photo, content_type=kind, name=name.rpartition("/")[2], inline=inline)
