"""Draw the preview of one file in a process of its own, so that a hostile file can harm nothing else.

    python preview_worker.py image|pdf < file > preview.webp

Exit with 1 if nothing can be drawn. It imports nothing of ours: partnership.desk.files.previews starts it.
"""

import resource
import sys
from io import BytesIO
from typing import BinaryIO

import pypdfium2
from PIL import Image, ImageOps

_LONGER_SIDE = 480  # pixels

_MOST_PIXELS = 50_000_000
_MOST_MEMORY = 1 << 30
_MOST_SECONDS = 8


def _draw_image(source: BinaryIO) -> Image.Image:
    image = Image.open(source, formats=["PNG", "JPEG", "GIF", "WEBP"])
    if image.width * image.height > _MOST_PIXELS:  # known before any pixel is unpacked
        raise ValueError("too many pixels")
    image.draft("RGB", (2 * _LONGER_SIDE, 2 * _LONGER_SIDE))
    image.thumbnail((_LONGER_SIDE, _LONGER_SIDE))
    return ImageOps.exif_transpose(image)


def _draw_first_page(source: BinaryIO) -> Image.Image:
    page = pypdfium2.PdfDocument(source.read())[0]
    width, height = page.get_size()
    return page.render(scale=_LONGER_SIDE / max(width, height, 1)).to_pil()


def draw(kind: str, source: BinaryIO) -> bytes:
    image = _draw_first_page(source) if kind == "pdf" else _draw_image(source)
    is_transparent = "A" in image.getbands() or "transparency" in image.info
    preview = BytesIO()
    image.convert("RGBA" if is_transparent else "RGB").save(preview, "WEBP")
    return preview.getvalue()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    try:
        preview = draw(sys.argv[1], BytesIO(sys.stdin.buffer.read()))
    except Exception:  # a broken file may raise anything in these libraries
        sys.exit(1)
    sys.stdout.buffer.write(preview)
