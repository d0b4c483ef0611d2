"""Filling in and checking a draft: the start, the list of parts, each page, all answers together."""

from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from cases.forms import beginning, documents, filing
from cases.forms.consents import ConsentForm
from cases.forms.parts import parts_of, parts_to_look_at
from cases.models import Case, User
from cases.queries.expecting import papers_to_expect
from cases.queries.mine import papers_of
from cases.services import SERVICES, service_of
from cases.services.base import SupportService
from cases.services.common import COUNTER_CONSENT, STAFF_AND_MONEY, InPlace, size_of
from cases.services.fields import PhoneField
from cases.views.own import own_case, own_draft, reader
from cases.views.typed import keeping_what_she_typed, typed_before

# Where "Change" on the page of answers leads back to.
BACK_TO_CHECK = "xem-lai"
# Under this name the sign-in keeps the address she pressed its button for.
WISH = "wish"
# The button with which she keeps what is filled in and goes to the list.
LATER = "later"
# With these words she looks for a commune in the list where JavaScript does not do it for her.
LOOKED_FOR = "tim"


class PhoneForm(forms.Form):
    """Her phone, asked on the page before she starts; the sign-in reads it."""

    use_required_attribute = False
    phone = PhoneField(
        label=gettext_lazy("Your phone number"),
        help_text=gettext_lazy("We send a code of 6 digits to it. No password."),
    )


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, service: str) -> HttpResponse:
    """Say what she needs before she begins; begin a draft when she asked for it, here or before signing in."""
    asked = SERVICES.get(service)
    if asked is None:
        raise Http404
    if not request.user.is_authenticated:
        words = {"service": asked, "form": PhoneForm(), "papers": papers_to_expect(asked)}
        return render(request, "cases/start.html", words)
    drafts = filing.drafts_of(reader(request), asked)
    # She pressed "Send me the code" on this page: the wish waited for her in the session.
    wished = request.session.pop(WISH, "") == request.path
    begun = next((draft for draft in drafts if not filing.is_untouched(draft)), None)
    if wished and begun:
        return redirect("cases:tasks", key=begun.key)
    if wished or request.method == "POST":
        case = beginning.begin_draft(service=asked, applicant=reader(request), at=timezone.now())
        if case.answers.data:
            # What is known of her already stands there: the list says so, and leads past it.
            return redirect("cases:tasks", key=case.key)
        return redirect("cases:page", key=case.key, slug=asked.pages[0].slug)
    # One that only holds what was filled in for her is gone on with, too; beginning again would lead back to it.
    opened = begun or next(iter(drafts), None)
    words = {
        "service": asked,
        "begun": opened,
        "parts": parts_of(opened) if opened else None,
        "may_begin": begun is not None or opened is None or opened.follows_id is not None,
        "papers": papers_to_expect(asked),
    }
    return render(request, "cases/start.html", words)


@login_required
@require_POST
def begin_next(request: HttpRequest, key: UUID) -> HttpResponse:
    """Begin the case that follows one of hers that is done; lead to it if she began it already."""
    case = beginning.begin_next(own_case(request, key), applicant=reader(request), at=timezone.now())
    return redirect("cases:tasks", key=case.key)


def _of_the_counter(case: Case) -> dict[str, str]:
    """Return what stands in a form before it is asked: at a counter most businesses are of its own commune."""
    commune = case.counter.commune if case.counter else None
    return {"commune": commune.code} if commune else {}


@keeping_what_she_typed
def page(request: HttpRequest, key: UUID, slug: str) -> HttpResponse:
    """Ask one small group of questions and keep the answers."""
    case = own_draft(request, key)
    if case is None:
        return redirect("cases:filed", key=key)
    service, data = service_of(case), case.answers.data
    asked = service.page(slug, data)
    if asked is None:
        return redirect("cases:tasks", key=key)
    posted = request.POST if request.method == "POST" else typed_before(request)
    form = filing.page_form(asked, {**_of_the_counter(case), **data}, posted)
    if isinstance(form, InPlace) and posted is None:
        form.look_for(request.GET.get(LOOKED_FOR, ""))
    if posted is not None and LATER in posted:
        filing.save_so_far(case, form=form, at=timezone.now())
        return redirect("cases:tasks", key=key)
    if posted is not None and form.is_valid():
        filing.save_page(case, values=form.cleaned_data, at=timezone.now())
        return redirect(_after(request, case, service, slug))
    slugs = [other.slug for other in service.asked(data)]
    before = filing.page_before(service, data, slug)
    words = {
        "case": case,
        "service": service,
        "page": asked,
        "form": form,
        "number": slugs.index(slug) + 1,
        # How many there are depends on her kind of business: until it is known, no number is said.
        "parts": len(slugs) + 2 if data.get("entity_type") else None,
        "back": reverse("cases:page", args=[key, before.slug]) if before else reverse("cases:tasks", args=[key]),
        "returning": BACK_TO_CHECK in request.GET,
        "looks_for_place": isinstance(form, InPlace),
        "from_last": slug in data.get(filing.FROM_LAST, ()),
    }
    return render(request, "cases/page.html", words)


@login_required
def parts(request: HttpRequest, key: UUID) -> HttpResponse:
    """List the parts of a draft: what is done, what comes next."""
    case = own_draft(request, key)
    if case is None:
        return redirect("cases:filed", key=key)
    return render(request, "cases/tasks.html", {"case": case, "service": service_of(case), "parts": parts_of(case)})


@login_required
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask once more, then delete a draft."""
    case = own_draft(request, key)
    if case is None:
        return redirect("cases:filed", key=key)
    if request.method == "POST":
        documents.discard_draft(case)
        messages.success(request, _("The draft is deleted."))
        return redirect("cases:counter" if case.filled_in_by_id == reader(request).pk else "cases:mine")
    return render(request, "cases/discard.html", {"case": case, "service": service_of(case)})


def _after(request: HttpRequest, case: Case, service: SupportService, slug: str) -> str:
    """Return the page after this one: the next question, or back to the answers she was checking."""
    data = case.answers.data
    follows = filing.next_page(service, data, slug)
    if BACK_TO_CHECK in request.GET:
        # What she changed may call for something that was not asked before, or no longer fits.
        missing = filing.missing_pages(service, data)
        if not missing:
            return reverse("cases:check", args=[case.key])
        follows = missing[0]
        return reverse("cases:page", args=[case.key, follows.slug]) + f"?{BACK_TO_CHECK}"
    if follows is None:
        return reverse("cases:papers", args=[case.key])
    return reverse("cases:page", args=[case.key, follows.slug])


@login_required
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show all answers, each with its way back, and ask what she allows."""
    case = own_draft(request, key)
    if case is None:
        return redirect("cases:filed", key=key)
    return render(request, "cases/check.html", checking(case, reader(request)))


def checking(case: Case, sender: User, form: ConsentForm | None = None) -> dict[str, object]:
    """Return what the page of all answers shows to whoever is about to send it."""
    service, data = service_of(case), case.answers.data
    kinds = set(case.documents.values_list("kind", flat=True))
    missing = filing.missing_pages(service, data)
    return {
        "case": case,
        "service": service,
        "answers": filing.answered_questions(service, data),
        "documents": papers_of(case),
        "missing": missing,
        "missing_papers": [paper for paper in service.papers if paper.required_when(data) and paper.kind not in kinds],
        # An officer sends it with the sheet that she signed.
        "needs_sheet": sender.pk == case.filled_in_by_id and COUNTER_CONSENT.kind not in kinds,
        "form": form or ConsentForm(service=service, data=data),
        "send_key": uuid4(),
        "size": size_of(data),
        "size_page": STAFF_AND_MONEY,
        "to_look_at": parts_to_look_at(service, data),
        "parts": len(service.asked(data)) + 2,
    }
