"""Filling in a draft, page by page: what she saves is kept, and can be read, checked and corrected."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Agency, Answers, Case, CaseState, User
from cases.models.agency import Places
from cases.policy import WrongState
from cases.services import service_of
from cases.services.base import Data, Page, SupportService, Words
from cases.services.common import Questions
from cases.services.fields import (
    DATE_PARTS,
    DateField,
    DateWidget,
    MoneyField,
    PercentField,
    WholeNumberField,
    thousands,
)
from cases.services.members import MembersField
from cases.services.personal_id import PersonalIdField

Shown = tuple[Page, list[tuple[str | Promise, str]]]
# Kept beside the answers: the pages that were filled in for her and that she has not saved herself since. No question,
# so it goes when she sends.
FROM_LAST = "from_last"


def start_draft(*, service: SupportService, applicant: User, at: datetime) -> Case:
    """Return a new draft of hers, with no answers yet."""
    with transaction.atomic():
        case = Case.objects.create(service=service.code, version=service.version, applicant=applicant, created_at=at)
        Answers.objects.create(case=case, saved_at=at)
    return case


def drafts_of(
    applicant: User, service: SupportService, *, filled_in_by: User | None = None, counter: Agency | None = None
) -> list[Case]:
    """Return the drafts of a service that she, or an officer at a counter, fills in: the one saved last first."""
    drafts = Case.objects.filter(applicant=applicant, service=service.code, version=service.version)
    drafts = drafts.filter(state=CaseState.DRAFT, filled_in_by=filled_in_by, counter=counter)
    return list(drafts.select_related("answers").order_by("-answers__saved_at", "-pk"))


def is_untouched(draft: Case) -> bool:
    """Return whether nothing stands in a draft but what was filled in for her."""
    data = draft.answers.data
    pages = [page for page in service_of(draft).pages if page.slug in data.get(FROM_LAST, ())]
    return set(data) <= {FROM_LAST, *(name for page in pages for name in page.form.base_fields)}


def page_form(page: Page, data: Data, posted: Any = None, *, places: Places | None = None) -> Questions:
    """Return the form of a page: with what she just sent, or with what she saved."""
    assert issubclass(page.form, Questions)
    return page.form(posted, initial=dict(data), answers=data, places=places)


@contextmanager
def drafting(case: Case) -> Iterator[None]:
    """Hold a draft still while it is written to; raises WrongState once it was sent."""
    with transaction.atomic():
        state = Case.objects.locked().values_list("state", flat=True).get(pk=case.pk)
        if state != CaseState.DRAFT:
            raise WrongState(_("This request was already sent."))
        yield


def save_page(case: Case, *, values: Mapping[str, Any], at: datetime) -> None:
    """Keep the answers of one page of a draft, beside those of the others; a person without a name gets hers."""
    with drafting(case):
        answers = Answers.objects.get(case=case)
        answers.data = _seen({**answers.data, **values}, service_of(case), values)
        answers.saved_at = at
        answers.save(update_fields=["data", "saved_at"])
        name = values.get("full_name")
        if name and User.objects.filter(pk=case.applicant_id, full_name="").update(full_name=name):
            case.applicant.full_name = name
    case.answers = answers


def _seen(data: dict[str, Any], service: SupportService, saved: Mapping[str, Any]) -> dict[str, Any]:
    """Forget of the pages she just saved that they were filled in for her."""
    still = [
        page.slug
        for page in service.pages
        if page.slug in data.get(FROM_LAST, ()) and not saved.keys() & page.form.base_fields.keys()
    ]
    rest = {name: value for name, value in data.items() if name != FROM_LAST}
    return {**rest, FROM_LAST: still} if still else rest


def save_so_far(case: Case, *, form: Questions, at: datetime) -> None:
    """Keep of a page what can be kept, for she goes on later."""
    form.is_valid()
    known = case.answers.data
    values = {name: value for name, value in form.cleaned_data.items() if value not in (None, "") or name in known}
    for name, field in form.fields.items():
        # Shares that do not fit together yet are kept as well; her page is not done before they do.
        if name in form.errors and isinstance(field, MembersField) and (lines := field.so_far(form[name].data)):
            values[name] = lines
    if values:
        save_page(case, values=values, at=at)


def asked_only(service: SupportService, data: Data) -> dict[str, Any]:
    """Return the answers without those to questions that her other answers no longer call for."""
    names = {name for page in service.asked(data) for name in page.form.base_fields}
    return {name: value for name, value in data.items() if name in names}


def missing_pages(service: SupportService, data: Data, *, places: Places | None = None) -> list[Page]:
    """Return the pages whose saved answers do not, or no longer, pass their form."""
    return [
        page
        for page in service.asked(data)
        if not page_form(page, data, as_posted(page, data), places=places).is_valid()
    ]


def as_posted(page: Page, data: Data) -> dict[str, Any]:
    """Return saved answers as the page's form would post them."""
    posted: dict[str, Any] = {}
    for name, field in page.form.base_fields.items():
        value = data.get(name)
        if isinstance(field, DateField):
            posted.update(
                {f"{name}_{part}": text for part, text in zip(DATE_PARTS, DateWidget().decompress(value), strict=True)}
            )
        elif isinstance(field, MembersField):
            posted.update(field.posted(name, value or ()))
        elif value is not None:
            posted[name] = field.prepare_value(value)
    return posted


def next_page(service: SupportService, data: Data, after: str) -> Page | None:
    """Return the page that follows, given what she has answered by now."""
    asked = service.asked(data)
    slugs = [page.slug for page in asked]
    follows = slugs.index(after) + 1 if after in slugs else 0
    return asked[follows] if follows < len(asked) else None


def page_before(service: SupportService, data: Data, before: str) -> Page | None:
    """Return the page that comes before."""
    asked = service.asked(data)
    slugs = [page.slug for page in asked]
    place = slugs.index(before) if before in slugs else len(slugs)
    return asked[place - 1] if place > 0 else None


def shown_answers(service: SupportService, data: Data) -> list[Shown]:
    """Return all her answers, page by page, as one reads them."""
    return [
        (page, [(field.label, value) for field, value in lines]) for page, lines in answered_questions(service, data)
    ]


def answered_questions(service: SupportService, data: Data) -> list[tuple[Page, list[tuple[forms.BoundField, str]]]]:
    """Return the questions she answered, page by page, each with her answer as one reads it."""
    asked = []
    for page in service.asked(data):
        form = page_form(page, data)
        asked.append(
            (page, [(form[name], shown_value(form.fields[name], data[name])) for name in form.fields if name in data])
        )
    return asked


def doubts(page: Page, data: Data) -> dict[str, Words]:
    """Return what is worth a second look on a page though it is taken as it is: by question, in one sentence."""
    said = {
        name: field.doubt(data[name])
        for name, field in page.form.base_fields.items()
        if isinstance(field, PersonalIdField) and data.get(name)
    }
    return {name: words for name, words in said.items() if words}


def shown_value(field: forms.Field, value: Any) -> str:
    """Return one answer as one reads it; a dash for what was left empty."""
    if value in (None, "", []):
        return "–"
    if isinstance(field, DateField):
        return date_format(date.fromisoformat(value), "d/m/Y")
    if isinstance(field, MembersField):
        return field.shown(value)
    if isinstance(field, MoneyField):
        return f"{thousands(value)} {field.unit}"
    if isinstance(field, WholeNumberField):
        return f"{thousands(value)} {field.unit}".strip()
    if isinstance(field, PercentField):
        return f"{field.prepare_value(value)} %"
    if isinstance(field, forms.ChoiceField):
        return str(dict(_flat(field.choices)).get(value, value))
    return str(value)


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the lines of a list of choices, whether they stand in groups or not."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def asked_pages(service: SupportService, data: Data, names: list[str]) -> list[Page]:
    """Return the pages on which these answers stand."""
    return [page for page in service.asked(data) if set(page.form.base_fields) & set(names)]


class _Kept(forms.Field):
    """An answer she was not asked about: it stands as it was saved, unchecked."""

    def clean(self, value: Any) -> Any:
        return value


class Correction:
    """The answers she was asked to look at again, in their own questions."""

    def __init__(self, service: SupportService, data: Data, names: list[str], posted: Any = None) -> None:
        self._names = set(names)
        self.forms = [page_form(page, data, posted) for page in asked_pages(service, data, names)]
        for form in self.forms:
            form.auto_id = "id_%s"
            for name in form.fields.keys() - self._names:
                # A disabled question reads what was saved, not what was sent.
                form.fields[name] = _Kept(required=False, disabled=True)

    def fields(self) -> list[forms.BoundField]:
        """Return the questions to show."""
        return [form[name] for form in self.forms for name in form.fields if name in self._names]

    def is_valid(self) -> bool:
        """Whether the asked answers hold; one that contradicts a saved answer is said where she can change it."""
        for form in self.forms:
            for name in [name for name in form.errors if name not in self._names]:
                for message in form.errors.pop(name):
                    form.add_error(next(own for own in form.fields if own in self._names), message)
        return not any(form.errors for form in self.forms)

    def say_nothing(self) -> None:
        """Forget what is wrong: she has not sent the form yet."""
        for form in self.forms:
            form.errors.clear()

    def corrections(self) -> dict[str, Any]:
        """Return the corrected answers by name."""
        return {name: value for form in self.forms for name, value in form.cleaned_data.items() if name in self._names}
