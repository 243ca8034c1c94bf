"""Everything of one customer in one file."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO
from zipfile import ZipFile

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from customers.models import Customer
from interactions.imports.export import read_as_of_now, write_own_history
from interactions.models import Attachment
from interactions.personal_data.rows import ROWS, record_keys
from partnership.desk.personal_data.earlier_versions import earlier_versions
from partnership.desk.personal_data.story import attachment_path, story_page
from partnership.desk.personal_data.zip_files import add_stored_file, zip_into
from partnership.staff.models import Firm

_CHUNK = 500


def write_archive(file: IO[bytes], customer: Customer, *, people: Collection[Customer], at: datetime) -> None:
    """Write the zip of a customer, and of an organisation's chosen people, as of one moment of the database."""
    with transaction.atomic(), zip_into(file) as packed:
        read_as_of_now()
        _add_person(packed, "", customer, at=at, people=[one.pk for one in people])
        for one in people:
            _add_person(packed, f"people/{one.pk}/", one, at=at)
        with packed.open("records.jsonl", "w", force_zip64=True) as member:
            write_own_history(member, customers=[one.ref for one in [customer, *people]])


def _add_person(
    packed: ZipFile, folder: str, customer: Customer, *, at: datetime, people: Collection[int] = ()
) -> None:
    keys = record_keys(customer)
    with _words_of(customer), packed.open(f"{folder}story.html", "w", force_zip64=True) as member:
        for piece in story_page(customer, keys, at=at, people=people):
            member.write(piece)
    with packed.open(f"{folder}earlier-versions.jsonl", "w", force_zip64=True) as member:
        for line in earlier_versions(keys):
            member.write(line)
    if customer.photo.name:
        add_stored_file(packed, f"{folder}photo.{customer.photo.name.rpartition('.')[2]}", customer.photo.name)
    for attached in ROWS[Attachment](keys).order_by("pk").iterator(_CHUNK):
        add_stored_file(packed, f"{folder}{attachment_path(attached)}", attached.file.name)


@contextmanager
def _words_of(customer: Customer) -> Iterator[None]:
    """Write in the customer's own language where there are screens in it, else in the firm's, in the firm's zone."""
    firm, code = Firm.current(), customer.language.partition("-")[0]
    chosen = code if code in dict(settings.LANGUAGES) else firm.screen_language
    with translation.override(chosen), timezone.override(firm.zone):
        yield
