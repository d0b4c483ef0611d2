"""What stands on each slip for her, M01 to M05: from its event, and from what does not change afterwards.

So it is the same whenever the slip is made. Her name and that of her business are as they stand at that moment.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.models import (
    Agency,
    Case,
    CaseState,
    Decision,
    InformationRequest,
    Passage,
    Programme,
    Slip,
    TimelineEvent,
)
from cases.printing import foot, paragraphs
from cases.queries.mine import papers_of
from cases.queries.naming import place_of
from cases.queries.promise import NOT_READY, REASONS
from cases.services import papers_for, service_of

Kind = Slip.Kind


@dataclass
class Content:
    """What stands on a slip, but for what proves it; `day` is the promised day, or that by which she answers."""

    day: date | None = None
    lead: list[str] = field(default_factory=list)
    day_label: str = ""
    day_note: str = ""
    rows: list[list[str]] = field(default_factory=list)
    # Each with its heading; whether it is a list is told by the heading's third part.
    sections: list[tuple[str, Sequence[str], bool]] = field(default_factory=list)

    def say(self, heading: str, *lines: str) -> None:
        """Add a section of sentences."""
        self.sections.append((heading, [line for line in lines if line], False))

    def name(self, heading: str, lines: Sequence[str]) -> None:
        """Add a section that is a list."""
        self.sections.append((heading, list(lines), True))


def content_of(kind: Kind, event: TimelineEvent) -> tuple[dict[str, Any], date | None]:
    """Return what stands on a slip of this kind for an event, ready to be printed, and the day it names."""
    case = event.case
    content = _WRITTEN[kind](event)
    return {
        "title": str(settings.SLIP_TITLES[kind]),
        "issuer": str(issuer_of(event)),
        "code_label": _("Case code"),
        "code": case.code,
        "lead": content.lead,
        "day_label": content.day_label if content.day else "",
        "day": long_day(content.day) if content.day else "",
        "day_note": content.day_note,
        "rows": [*_about(case), *content.rows],
        "sections": [[heading, lines, listed] for heading, lines, listed in content.sections if lines],
        **foot(event.at),
        "printed": made_at(event.at),
    }, content.day


def issuer_of(event: TimelineEvent) -> Agency | str:
    """Return the office that a slip comes from: the one that acted, else the one that answers for the case."""
    acted_herself = event.actor_id is not None and event.actor_id == event.case.applicant_id
    return (None if acted_herself else event.agency) or event.case.desk or ""


def made_at(at: datetime) -> str:
    """Return the line at the foot that says when a slip was made."""
    local = timezone.localtime(at)
    return _("Made at %(time)s, %(day)s") % {"time": f"{local:%H:%M}", "day": f"{local:%d/%m/%Y}"}


def long_day(day: date | datetime) -> str:
    """Return a day as it stands on paper: Thứ Năm, 26/11/2026."""
    return date_format(timezone.localtime(day) if isinstance(day, datetime) else day, "l, d/m/Y")


def day_of(event: TimelineEvent, fact: str) -> date | None:
    """Return a day among the facts of an event."""
    text = event.facts.get(fact)
    return date.fromisoformat(text) if text else None


def whose_case(case: Case) -> str:
    """Return her name as she gave it for this case."""
    return str(case.answers.data.get("full_name") or "")


def _about(case: Case) -> list[list[str]]:
    rows = [[_("Applicant"), whose_case(case)]]
    if case.enterprise is not None and case.enterprise.name:
        rows.append([_("Business"), case.enterprise.name])
    return [*rows, [_("What for"), str(service_of(case).title)]]


# --- M01 ----------------------------------------------------------------------------------------------------


def _receipt(event: TimelineEvent) -> Content:
    case, sent = event.case, event.verb == "case_submitted"
    assert case.submitted_at is not None
    content = Content(day=day_of(event, "promised_on"))
    if sent:
        content.lead = [_("We have your case. It costs nothing.")]
        content.day_label = _("You hear whether the case is accepted, at the latest on")
        content.day_note = _("The day of the answer: you know it when the case is accepted.")
    else:
        accepted = getattr(event, "state_before", "") == CaseState.SUBMITTED
        content.lead = [
            _("Your case is accepted. From now on this day holds, and no longer the one before.")
            if accepted
            else _("There is a new day for your answer. It holds from now on, and no longer the one before.")
        ]
        content.day_label = _("You get an answer at the latest on")
    if content.day is None:
        content.lead.append(_("We tell you the date as soon as it is known."))
    content.rows = [[_("Place"), place_of(case)]]
    if case.received_on is not None and event.case.counter is not None:
        content.rows += [
            [_("Paper received on"), f"{case.received_on:%d/%m/%Y}"],
            [_("Received at"), str(case.counter)],
            [_("Typed in"), date_format(timezone.localtime(case.submitted_at), "H:i, l, d/m/Y")],
        ]
    else:
        content.rows.append([_("Received"), date_format(timezone.localtime(case.submitted_at), "H:i, l, d/m/Y")])
    if sent and event.on_behalf_of is not None:
        content.rows.append([_("Typed in by"), str(event.actor)])
    # At a counter nothing is handed over but what was given there.
    offices = _offices(event) if event.on_behalf_of is None else []
    if offices:
        content.rows.append([_("Goes to"), ", ".join(offices)])
    there = [str(label) for paper, label in papers_of(case) if paper.uploaded_at <= event.at]
    if there:
        content.name(_("Papers received"), there)
    else:
        content.say(_("Papers received"), _("No papers yet. If any are missing we write once and name all of them."))
    return content


def _offices(event: TimelineEvent) -> list[str]:
    """Return the offices to which the case goes with an event."""
    opened = [item["agency"] for item in event.facts.get("opened", []) if item.get("agency")]
    known = Agency.objects.in_bulk(opened)
    return list(dict.fromkeys(known[pk].name for pk in opened if pk in known))


# --- M02 ----------------------------------------------------------------------------------------------------


def _supplement(event: TimelineEvent) -> Content:
    request = InformationRequest.objects.select_related("question").get(pk=event.facts["request"])
    content = Content(day=day_of(event, "answer_by"), day_label=_("Answer by the end of"))
    content.lead = [
        _("We need something more from you. Everything that is missing stands here, once and all together.")
        if request.number == 1
        else _("We have to ask once more. Another officer looked at the reason and agreed.")
    ]
    content.day_note = _("Until you answer, the promised day stands still.")
    content.rows = [[_("Asked by"), str(issuer_of(event))]]
    content.say(_("What we ask"), *paragraphs(request.question.body))
    content.name(_("What to send"), _asked_for(event.case, request.asked_fields))
    content.say(
        _("How to answer"),
        _("Sign in with your phone, open this case and press “Answer”. A photo of a paper is enough."),
        _("Cannot do it yourself? Call %(phone)s.") % {"phone": settings.HELP_PHONE},
    )
    content.say(
        _("If no answer comes"),
        _("We remind you before. After this day the case is closed; this is no refusal."),
        _("You can send it again with one button, nothing is lost."),
    )
    return content


def _asked_for(case: Case, names: Sequence[str]) -> list[str]:
    """Return the labels of the answers to correct and of the papers that are missing."""
    labels = {
        name: question.label or name
        for page in service_of(case).pages
        for name, question in page.form.base_fields.items()
    }
    labels |= {paper.kind: paper.label for paper in papers_for(case)}
    return [str(labels[name]) for name in names if name in labels]


# --- M03 ----------------------------------------------------------------------------------------------------


def _not_accepted(event: TimelineEvent) -> Content:
    case, content = event.case, Content()
    decision = Decision.objects.select_related("answer").get(pk=event.facts["decision"])
    reason = service_of(case).reason(decision.reason_code)
    content.lead = [_("We read your case and could not accept it this time.")]
    content.rows = [[_("Decided by"), str(issuer_of(event))], [_("Decided on"), long_day(event.at)]]
    why = [f"{reason.label}."] if reason is not None else []
    content.say(_("Why"), *why, *paragraphs(decision.answer.body if decision.answer else ""))
    content.say(
        _("What this rests on"),
        *(f"{plan}." for plan in _plans(case, timezone.localdate(event.at))),
        _("This is help by the Women's Union and no administrative procedure. Your rights elsewhere stay as they are."),
    )
    if reason is not None:
        content.say(_("What you can do"), str(reason.next_step))
    content.say(_("You do not agree?"), _again())
    return content


def _plans(case: Case, day: date) -> list[str]:
    """Return the plans by which this kind of help is given in her province on a day."""
    plans = Programme.objects.filter(
        targets__service=case.service, historic=False, starts_on__lte=day, ends_on__gte=day
    )
    return [plan.name for plan in plans.order_by("code").distinct() if plan.province_id in (None, case.province_id)]


def _again() -> str:
    words = _("Call %(phone)s and say the code. Somebody else looks at it again.")
    return words % {"phone": settings.HELP_PHONE}


# --- M04 ----------------------------------------------------------------------------------------------------


def _apology(event: TimelineEvent) -> Content:
    was, content = day_of(event, "was"), Content(day=day_of(event, "promised_on"))
    content.lead = [
        _("We did not keep the day that we promised you. We are sorry.")
        if event.facts.get("late")
        else _("We will not be done by the day that we promised you. We are sorry."),
        _("You need not do anything. Your case loses nothing by it."),
    ]
    content.day_label = _("You get an answer at the latest on")
    content.rows = [[_("Promised before"), long_day(was)]] if was else []
    why = str(REASONS.get(event.facts.get("reason_code", ""), REASONS[NOT_READY]))
    # Words that were erased since are missing here; the reason stays.
    written = Passage.objects.filter(pk__in=event.facts.get("words", {})).order_by("pk")
    content.say(
        _("Why later"), f"{why[:1].upper()}{why[1:]}.", *(line for words in written for line in paragraphs(words.body))
    )
    content.say(_("You do not agree?"), _again())
    return content


# --- M05 ----------------------------------------------------------------------------------------------------


def _stopped(event: TimelineEvent) -> Content:
    content = Content(rows=[[_("Stopped on"), date_format(timezone.localtime(event.at), "H:i, l, d/m/Y")]])
    if event.verb == "case_expired":
        content.lead = [
            _("We asked you for something and no answer came in time. So the case was closed."),
            _("This is no refusal. Nobody decided against you."),
        ]
    else:
        content.lead = [_("You took this case back. We have stopped working on it.")]
    content.say(
        _("What this means"),
        _("No office works on this case any more. What was done by then is kept."),
        _("It does not count against you when you ask again."),
    )
    content.say(
        _("How to send it again"),
        _("Sign in with your phone, open this case and press “Send again”."),
        _("All you filled in and every paper is copied; you change only what is new."),
    )
    return content


_WRITTEN: dict[Kind, Callable[[TimelineEvent], Content]] = {
    Kind.RECEIPT: _receipt,
    Kind.SUPPLEMENT: _supplement,
    Kind.NOT_ACCEPTED: _not_accepted,
    Kind.APOLOGY: _apology,
    Kind.STOPPED: _stopped,
}
