"""One customer's data: everything in one file."""

from dataclasses import dataclass

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.text import slugify

from customers.lookups import customer_or_404, visible_customers
from customers.models import CheckIn, Commitment, Customer, Goal
from interactions.models import Attachment, Interaction
from interactions.personal_data.rows import ROWS, record_keys
from partnership.core.requests import accepts_form, render_page
from partnership.desk.personal_data.archive import write_archive
from partnership.desk.personal_data.zip_files import temporary_file
from partnership.staff.access import staff_member
from partnership.staff.audit_log import Kind, record


@dataclass(frozen=True)
class _DataPage:
    """What the file will hold. `people`: how many belong to an organisation."""

    customer: Customer
    entries: int
    files: int
    goals: int
    promises: int
    check_ins: int
    people: int


@accepts_form
def customer_data(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say what there is of a customer; on POST send it as one file."""
    customer = customer_or_404(request, pk)
    people = visible_customers(request).unmerged().filter(organisation=customer).order_by("pk")
    if request.method == "POST":
        return _send(request, customer, list(people) if request.POST.get("people") else [])
    keys = record_keys(customer)
    counts = {
        name: ROWS[model](keys).count()
        for name, model in (("entries", Interaction), ("files", Attachment), ("goals", Goal),
                            ("promises", Commitment), ("check_ins", CheckIn))
    }  # fmt: skip
    page = _DataPage(customer=customer, people=people.count(), **counts)
    return render_page(request, "desk/personal_data/data.html", page)


def _send(request: HttpRequest, customer: Customer, people: list[Customer]) -> FileResponse:
    now, file = timezone.now(), temporary_file()
    write_archive(file, customer, people=people, at=now)
    record(Kind.EXPORT, by=staff_member(request), about=customer, facts={"what": "data", "customers": 1 + len(people)})
    name = f"{slugify(customer.name) or 'customer'}-{timezone.localtime(now):%Y-%m-%d}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
