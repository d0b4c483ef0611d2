"""An answer that many can use: published without the data of who asked."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import policy
from cases.models import Case, PublishedAnswer, Role, User
from cases.models.case import CODE_SIGNS
from cases.policy import WrongState
from workflows.actions.reviewing import NotAChoice
from workflows.conflicts import Repeated
from workflows.moving import moving
from workflows.queries.publishing import is_general_and_answered, offices_that_answered
from workflows.queries.traces import Traces, traces_of
from workflows.step import Step

_SIGNS = 10


def publish_answer(
    case: Case, *, publisher: User, question: str, answer: str, source: str, key: UUID, at: datetime
) -> PublishedAnswer:
    """Publish the answer to a general question for everybody; she is told nothing.

    Raises NotFoundForYou, WrongState, and NotAChoice where the text names her, her business or her case.
    """
    asking = {
        "answered_by": Subquery(offices_that_answered().filter(case=OuterRef("pk")).values("agency")[:1]),
        "is_published": Exists(PublishedAnswer.objects.filter(case=OuterRef("pk"))),
    }
    also = ("applicant", "answers")
    try:
        with moving(case, "answer_published", actor=publisher, key=key, at=at, also=also, asking=asking) as step:
            _require_right(step, publisher)
            texts = {"question": question.strip(), "answer": answer.strip(), "source": source.strip()}
            if not all(texts.values()):
                raise NotAChoice(gettext_lazy("The question, the answer or the source is missing."))
            wrong = what_is_left(traces_of(step.case), *texts.values())
            if wrong:
                raise NotAChoice(wrong)
            published = PublishedAnswer.objects.create(
                code="C" + "".join(secrets.choice(CODE_SIGNS) for _sign in range(_SIGNS)),
                law_field=str(step.case.answers.data.get("law_field") or "other"),
                published_on=step.today,
                case=step.case,
                published_by=publisher,
                **texts,
            )
            step.record(published=published.pk)
            return published
    except Repeated as earlier:
        return PublishedAnswer.objects.get(pk=earlier.event.facts["published"])


def what_is_left(traces: Traces, *texts: str) -> str:
    """Return in one sentence which data still stands in these texts; empty when none does."""
    kinds = traces.kinds_in("\n".join(texts))
    if not kinds:
        return ""
    return _("This still stands in the text: %(kinds)s. Take it out, then publish.") % {
        "kinds": ", ".join(str(kind) for kind in kinds)
    }


def _require_right(step: Step, publisher: User) -> None:
    """Pass when the publisher approves for the office that answered, and the answer waits to be published."""
    case = step.case
    office: int | None = getattr(case, "answered_by", None)
    policy.require(publisher, "publish_answer", case, agency_id=office, held=step.held, is_shut=False)
    step.agency_id = office
    step.on_behalf_of = step.held.acted_for((Role.APPROVER,), agency_id=office, assignee_id=None)
    if getattr(case, "is_published", False):
        raise WrongState(gettext_lazy("This answer has already been published."))
    if not is_general_and_answered(case):
        raise WrongState(gettext_lazy("Only the written answer to a general question is published."))
