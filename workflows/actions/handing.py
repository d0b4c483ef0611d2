"""Her yes to handing a part of her case to one body outside: given, over, and taken back by herself."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import Agency, Case, Consent, Involvement, User
from cases.policy import WrongState
from cases.services import service_of
from cases.services.base import SupportService
from workflows.asks import Option, PickPlace
from workflows.conflicts import Repeated
from workflows.models import WorkItem
from workflows.moving import moving
from workflows.step import MAY_READ, Step

# Among the facts: the kind of the one body that has her yes, until another is looked for.
HANDED_TO = "handed_to"


def require_shown(step: Step, option: Option, details: Mapping[str, Any]) -> None:
    """Pass unless she says yes to another body than the one she was shown."""
    if option.allows and details.get(option.allows) != step.case.facts.get(option.allows):
        raise WrongState(_("Another body is meant by now. Open the page again and read which one."))


def settle(step: Step, option: Option) -> None:
    """Write down what a conclusion makes of her yes to a body outside: it is given, over, or stays as it is."""
    facts = step.case.facts
    if option.allows:
        _allow(step, str(facts[option.allows]))
    elif option.refuses and step.human.part == Involvement.Part.RECEIVES:
        # It has the case no longer; who gets it next does not concern it. The consent itself ends with the next choice.
        _let_it_read_no_more(step, step.item.agency_id)
        _forget(step, str(facts.get(HANDED_TO, "")))
    elif HANDED_TO in facts and _looks_elsewhere(step):
        _end(step, str(facts[HANDED_TO]))


def take_back(case: Case, *, applicant: User, recipient: str, key: UUID, at: datetime) -> Case:
    """Take back her yes to one body outside, which reads nothing of the case from here on and is told so.

    While the case is on its way with this very body it cannot go on without it: then she takes the case back, or
    writes to the Union. Raises NotFoundForYou where she gave no such yes, WrongState where it is too early or too late.
    """
    try:
        with moving(case, "consent_withdrawn", actor=applicant, key=key, at=at) as step:
            policy.require(applicant, "take_back", step.case)
            if step.case.is_undecided and recipient in step.case.facts.get(MAY_READ, ()):
                raise WrongState(_("The case is on its way with this body. Take the case back, or write to the Union."))
            if not _end(step, recipient):
                raise WrongState(_("You have taken this back already, or never allowed it."))
            agency = step.directory.agency(recipient, Agency.Level.PROVINCE, step.case)
            _let_it_read_no_more(step, agency.pk)
            had = WorkItem.objects.filter(case=step.case, agency=agency, holder=WorkItem.Holder.OUTSIDE)
            step.record(recipient=recipient, read_by=[step.described(item) for item in had.order_by("-pk")[:1]])
            case = step.case
    except Repeated:
        case.refresh_from_db()
    return case


def text_version_of(service: SupportService) -> str:
    """Return the version of the words of such a consent: of the service's texts, and of the parts that they named."""
    named = "\n".join((*service.handed_pages, "", *service.handed_papers))
    return f"{service.consent_version}+{sha256(named.encode()).hexdigest()[:8]}"


def _allow(step: Step, kind: str) -> None:
    """Write down that she allows the case to be handed to one body, and let it read from here on."""
    case = step.case
    Consent.objects.create(
        case=case,
        person_id=case.applicant_id,
        purpose=Consent.Purpose.HAND_OVER,
        recipient=kind,
        text_version=text_version_of(service_of(case)),
        given_at=step.at,
    )
    if kind not in case.facts.get(MAY_READ, ()):
        case.facts[HANDED_TO] = kind
    case.facts[MAY_READ] = sorted({*case.facts.get(MAY_READ, ()), kind})
    step.facts["allowed"] = kind


def _looks_elsewhere(step: Step) -> bool:
    """Return whether this step asks her anew, or chooses which body she is asked about: the earlier yes is over."""
    asks_her = any(option.allows for option in step.human.options)
    return asks_her or any(isinstance(ask, PickPlace) for ask in step.human.asks)


def _end(step: Step, kind: str) -> int:
    """End her yes to this body, and return how many there were."""
    _forget(step, kind)
    if step.case.facts.get(HANDED_TO) == kind:
        del step.case.facts[HANDED_TO]
    given = Consent.objects.filter(case=step.case, purpose=Consent.Purpose.HAND_OVER, recipient=kind)
    return given.filter(withdrawn_at__isnull=True).update(withdrawn_at=step.at)


def _forget(step: Step, kind: str) -> None:
    """Take a body out of those that may read, if it was her yes to handing over that brought it there."""
    facts = step.case.facts
    if facts.get(HANDED_TO) == kind:
        facts[MAY_READ] = [each for each in facts.get(MAY_READ, ()) if each != kind]


def _let_it_read_no_more(step: Step, agency_id: int | None) -> None:
    handed = Involvement.objects.filter(case=step.case, agency=agency_id, until__isnull=True)
    handed.filter(part=Involvement.Part.RECEIVES).update(until=step.at)
