from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partnership.desk.finding import customer_or_404, posted
from partnership.desk.forms.customer import ContactPointForm


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    form = ContactPointForm(posted(request), customer=customer)
    if form.is_valid():
        form.save()
        messages.success(request, _("The contact point is added."))
        return redirect(customer)
    context = {
        "title": _("Add a way to reach them"),
        "text": customer.name,
        "form": form,
        "action": _("Add"),
        "back": customer.get_absolute_url(),
    }
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)
