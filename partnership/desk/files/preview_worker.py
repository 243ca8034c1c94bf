"""Draws the preview of one file: a program of its own, so that a hostile file can cost us no more than this process.

    python drawing.py image|pdf < file > preview.webp

Exit status 1 when there is nothing to draw. It imports nothing of ours: partnership.desk.files.previews starts it.
"""

import resource
import sys
from io import BytesIO
from typing import BinaryIO

import pypdfium2
from PIL import Image, ImageOps

SIDE = 480
"""Pixels of the longer side of a preview."""

MOST_PIXELS = 50_000_000
MOST_MEMORY = 1 << 30
MOST_SECONDS = 8


def picture(source: BinaryIO) -> Image.Image:
    found = Image.open(source, formats=["PNG", "JPEG", "GIF", "WEBP"])
    if found.width * found.height > MOST_PIXELS:  # known before a pixel of it is unpacked
        raise ValueError("too many pixels")
    found.draft("RGB", (2 * SIDE, 2 * SIDE))
    found.thumbnail((SIDE, SIDE))
    return ImageOps.exif_transpose(found)


def first_page(source: BinaryIO) -> Image.Image:
    page = pypdfium2.PdfDocument(source.read())[0]
    width, height = page.get_size()
    return page.render(scale=SIDE / max(width, height, 1)).to_pil()


def draw(kind: str, source: BinaryIO) -> bytes:
    drawn = first_page(source) if kind == "pdf" else picture(source)
    preview = BytesIO()
    drawn.convert("RGBA" if "A" in drawn.getbands() or "transparency" in drawn.info else "RGB").save(preview, "WEBP")
    return preview.getvalue()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        preview = draw(sys.argv[1], BytesIO(sys.stdin.buffer.read()))
    except Exception:  # whatever a broken file makes of these libraries
        sys.exit(1)
    sys.stdout.buffer.write(preview)
