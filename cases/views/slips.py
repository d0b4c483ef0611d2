"""Slips: the paper for those who may read it, and for everybody whether a paper is real."""

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from cases import policy, slips
from cases.limits import Limit, address_of
from cases.models import AccessRecord, Slip
from cases.services.base import Words
from cases.signing import public_keys, signed_by
from cases.views.own import reader
from cases.views.receipt import sent

BY_ADDRESS = Limit("slip-check", most=60, seconds=10 * 60)
LONGEST = 1000

# What the day on a slip means.
DAYS: dict[str, Words] = {
    Slip.Kind.RECEIPT: _("Promised day"),
    Slip.Kind.SUPPLEMENT: _("Answer by the end of"),
    Slip.Kind.APOLOGY: _("New promised day"),
}


class CheckForm(forms.Form):
    """Asks for the line of a slip and its signature, as they stand at its foot."""

    use_required_attribute = False
    line = forms.CharField(
        label=_("The line that begins with DONG-HANH"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("Copy the line from the foot of the slip.")},
    )
    signature = forms.CharField(
        label=_("The signature below it"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("Copy the signature, too.")},
    )


@login_required
def slip_pdf(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send one slip as PDF to who may read it; a reading by anybody but her is written down first."""
    slip = Slip.objects.select_related("case").filter(key=key).first()
    person = reader(request)
    if slip is None or not slips.slips_for(person, slip.case).filter(pk=slip.pk).exists():
        raise policy.NotFoundForYou
    if slip.case.applicant_id != person.pk:
        AccessRecord.objects.create(
            case=slip.case, person=person, part=AccessRecord.Part.DOCUMENT, purpose="read", at=timezone.now()
        )
    return sent(slips.pdf_of(slip), name=f"{slip.case.code}-{slip.kind}.pdf")


@require_safe
def slip(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say to whoever holds a slip whether it is real, and how to check that oneself; nothing of whose it is."""
    found = Slip.objects.select_related("case", "event").filter(key=key).first()
    if found is None:
        # A paper with an address of ours that we never gave: whoever holds it must hear that, not that a page is gone.
        return _open_to_all(render(request, "cases/slip_unknown.html", status=404))
    said = slips.proven(found)
    words = {
        "real": said is not None,
        "newer": slips.newer_than(found),
        "title": slips.title_of(found.kind),
        "end": found.case.short_code,
        "issued_at": found.issued_at,
        "day": said.day if said else None,
        "day_label": DAYS.get(found.kind, ""),
        "code": found.case.code,
        "form": CheckForm(initial={"line": found.statement, "signature": found.signature}, label_suffix=""),
        "keys": public_keys(),
    }
    return _open_to_all(render(request, "cases/slip.html", words))


@require_http_methods(["GET", "HEAD", "POST"])
def check_slip(request: HttpRequest) -> HttpResponse:
    """Say whether a line and a signature belong together."""
    if request.method == "POST" and not BY_ADDRESS.passes(address_of(request)):
        return _open_to_all(render(request, "429.html", status=429))
    form = CheckForm(request.POST if request.method == "POST" else None, label_suffix="")
    words: dict[str, object] = {"form": form, "keys": public_keys()}
    if request.method == "POST" and form.is_valid():
        line = slips.typed_line(form.cleaned_data["line"])
        by = signed_by(line, slips.typed_signature(form.cleaned_data["signature"]))
        said = slips.read_statement(line) if by else None
        known = slips.slip_with(line) if said else None
        words |= {
            "checked": True,
            "said": said,
            "newer": slips.newer_than(known) if known else None,
            "key_id": by,
            "title": slips.title_of(said.kind) if said else "",
            "day_label": DAYS.get(said.kind, "") if said else "",
        }
    return _open_to_all(render(request, "cases/check_slip.html", words))


def _open_to_all(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
