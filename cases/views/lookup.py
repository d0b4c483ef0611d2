"""How far a case is, for whoever has its code; a little more with the end of her phone. No one signs in here."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.limits import Limit, address_of
from cases.models.case import read_code
from cases.queries import lookup as queries

# Many phones share one address, so that it may ask often; one code is guessed at seldom.
BY_ADDRESS = Limit("lookup", most=120, seconds=10 * 60)
UNKNOWN_CODES = Limit("unknown-code", most=30, seconds=60 * 60)
# Without a cache nobody can count, and four digits are soon guessed.
WRONG_DIGITS = Limit("digits", most=6, seconds=24 * 60 * 60, passes_uncounted=False)
LONGEST = 60


class CodeForm(forms.Form):
    """Asks for the case code. The form only draws the box: any code is looked for, and none is called wrong."""

    use_required_attribute = False
    ma = forms.CharField(
        label=_("Case code"),
        help_text=_("It stands on your receipt and in our message. For example HPG-26-7QK4M2-D."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": LONGEST}
        ),
    )


class DigitsForm(forms.Form):
    """Asks for the end of her phone, in the body of a form: an address may be read by others."""

    use_required_attribute = False
    digits = forms.CharField(
        label=_("The last 4 digits of your phone"),
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "maxlength": 12,
                "class": "govuk-input--width-5",
            }
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """Tell how far a case is and until when; with the end of her phone also who has it and what she does next."""
    typed = (request.POST if request.method == "POST" else request.GET).get("ma", "").strip()[:LONGEST]
    response = _too_often(request) if typed and not BY_ADDRESS.passes(address_of(request)) else _answer(request, typed)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answer(request: HttpRequest, typed: str) -> HttpResponse:
    form = CodeForm(initial={"ma": typed})
    words: dict[str, object] = {"form": form, "digits": DigitsForm(), "typed": typed, "asked_nearer": False}
    if not typed:
        return render(request, "cases/lookup.html", words)
    # Counted before it is looked at, and given back when it was right: many at once cannot pass together.
    if not UNKNOWN_CODES.passes(address_of(request)):
        return _too_often(request)
    case = queries.find(typed)
    if case is not None:
        UNKNOWN_CODES.forgive(address_of(request))
    if request.method == "POST":
        code = read_code(typed) or typed.upper()
        if not WRONG_DIGITS.passes(code):
            return _too_often(request)
        if not queries.belongs_to(case, request.POST.get("digits", "")[:LONGEST]):
            return render(request, "cases/lookup.html", {**words, "asked_nearer": True, "errors": True}, status=404)
        WRONG_DIGITS.forgive(code)
        assert case is not None
        found = {"form": CodeForm(), "far": queries.how_far(case), "nearer": queries.nearer(case)}
        return render(request, "cases/lookup.html", {**words, **found})
    if case is None:
        return render(request, "cases/lookup.html", {**words, "errors": True}, status=404)
    return render(request, "cases/lookup.html", {**words, "form": CodeForm(), "far": queries.how_far(case)})


def _too_often(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)
