"""Files of customers and faces, each only for who may see the customer, none able to act as one of our pages."""

from mimetypes import guess_type

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from customers.lookups import visible_customers
from interactions.actions.attachments import safe_file_name
from interactions.models import Attachment
from partnership.desk.files.previews import preview_of
from partnership.staff.models import User

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may open in place; everything else is saved."""

SEALED = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
DAY = 86_400
SHEET = b"""<svg xmlns="http://www.w3.org/2000/svg" width="96" height="128" viewBox="0 0 96 128" fill="none"
  stroke="#8a8178" stroke-width="3" stroke-linejoin="round"><path d="M20 14h38l20 20v80H20zM58 14v20h20M34 60h28M34
  74h28M34 88h16"/></svg>"""


def sealed(file: FieldFile, *, content_type: str, name: str, inline: bool) -> FileResponse:
    try:
        content = file.open("rb")
    except FileNotFoundError as lost:
        raise Http404 from lost
    # A name that came with a mail may hold what no header can.
    response = FileResponse(content, as_attachment=not inline, filename=safe_file_name(name), content_type=content_type)
    seal(response)
    return response


def seal(response: HttpResponseBase) -> None:
    response["Content-Security-Policy"] = SEALED
    response["Cache-Control"] = f"private, max-age={DAY}"


def attachment_or_404(request: HttpRequest, pk: int) -> Attachment:
    visible = Attachment.objects.filter(interaction__customer__in=visible_customers(request))
    return get_object_or_404(visible, pk=pk)


@require_safe
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    found = attachment_or_404(request, pk)
    inline = found.content_type in SHOWN
    content_type = found.content_type if inline else "application/octet-stream"
    return sealed(found.file, content_type=content_type, name=found.name, inline=inline)


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A small picture of it, or a sheet of paper where none can be drawn."""
    try:
        picture = preview_of(attachment_or_404(request, pk))
    except FileNotFoundError as lost:
        raise Http404 from lost
    response = HttpResponse(picture or SHEET, content_type="image/webp" if picture else "image/svg+xml")
    seal(response)
    return response


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
