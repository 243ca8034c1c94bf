"""Attachments and photos, shown as far as the viewer may see the customer, sandboxed against acting as our pages."""

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

# The types that a browser may open; all others are downloaded.
_INLINE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

_CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_DAY = 86_400  # seconds
NO_PREVIEW = b"""<svg xmlns="http://www.w3.org/2000/svg" width="96" height="128" viewBox="0 0 96 128" fill="none"
  stroke="#8a8178" stroke-width="3" stroke-linejoin="round"><path d="M20 14h38l20 20v80H20zM58 14v20h20M34 60h28M34
  74h28M34 88h16"/></svg>"""


def _file_response(file: FieldFile, *, content_type: str, name: str, inline: bool) -> FileResponse:
    try:
        content = file.open("rb")
    except FileNotFoundError as lost:
        raise Http404 from lost
    # A name that came with a mail may hold characters that no header may.
    response = FileResponse(content, as_attachment=not inline, filename=safe_file_name(name), content_type=content_type)
    _sandbox(response)
    return response


def _sandbox(response: HttpResponseBase) -> None:
    response["Content-Security-Policy"] = _CONTENT_POLICY
    response["Cache-Control"] = f"private, max-age={_DAY}"


def _attachment_or_404(request: HttpRequest, pk: int) -> Attachment:
    visible = Attachment.objects.filter(interaction__customer__in=visible_customers(request))
    return get_object_or_404(visible, pk=pk)


@require_safe
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    found = _attachment_or_404(request, pk)
    inline = found.content_type in _INLINE_TYPES
    content_type = found.content_type if inline else "application/octet-stream"
    return _file_response(found.file, content_type=content_type, name=found.name, inline=inline)


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the preview, or a sheet of paper if none can be drawn."""
    try:
        picture = preview_of(_attachment_or_404(request, pk))
    except FileNotFoundError as lost:
        raise Http404 from lost
    response = HttpResponse(picture or NO_PREVIEW, content_type="image/webp" if picture else "image/svg+xml")
    _sandbox(response)
    return response


@require_safe
def face(request: HttpRequest, name: str) -> FileResponse:
    """Show a photo or a drawn portrait; the sandbox keeps an SVG's scripts from running."""
    person = visible_customers(request).filter(photo=name).first() or User.objects.filter(photo=name).first()
    if person is None:
        raise Http404
    content_type = guess_type(name)[0] or ""
    inline = content_type in _INLINE_TYPES or content_type == "image/svg+xml"
    kind = content_type if inline else "application/octet-stream"
    return _file_response(person.photo, content_type=kind, name=name.rpartition("/")[2], inline=inline)
