"""Attachments for the demo: a plan as a PDF of one page, and a picture of a whiteboard."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

_PLAN_LINES = [
    "Study plan until the exam",
    "Monday: unit 5, two hours",
    "Wednesday: past paper, timed",
    "Friday: call, 20 minutes",
]


def draw_plan() -> SimpleUploadedFile:
    lines = " ".join(f"({line}) Tj 0 -30 Td" for line in _PLAN_LINES)
    drawing = f"BT /F1 20 Tf 60 760 Td {lines} ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj%s endobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    end = b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(content))
    return SimpleUploadedFile("study-plan.pdf", content + table + end, content_type="application/pdf")


def draw_whiteboard() -> SimpleUploadedFile:
    picture = Image.new("RGB", (960, 640), "#fbfaf5")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((12, 12, 947, 627), outline="#9a9086", width=8)
    steps = (("Idea", "#0f6b63"), ("First customer", "#b45309"), ("Price", "#2f5f8a"))
    for place, (word, colour) in enumerate(steps):
        left = 70 + place * 290
        pen.rounded_rectangle((left, 220, left + 230, 400), 24, outline=colour, width=7)
        pen.text((left + 22, 285), word, fill=colour, font_size=32)
        if place:
            pen.line((left - 52, 310, left - 10, 310), fill="#655c53", width=6)
    content = BytesIO()
    picture.save(content, "PNG")
    return SimpleUploadedFile("whiteboard.png", content.getvalue(), content_type="image/png")
