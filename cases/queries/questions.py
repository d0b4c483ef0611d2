"""What was asked of her: how often in each step, and which question still waits for an approver."""

from django.db.models import Count, QuerySet

from cases.models import Case, InformationRequest, TimelineEvent

# A question with one of these endings never reached her.
NEVER_ASKED = (InformationRequest.Ending.PROPOSED, InformationRequest.Ending.DECLINED)


def asked_of_her(case: Case) -> QuerySet[InformationRequest]:
    """Return the questions of a case that she was asked, whatever came of them."""
    return case.information_requests.exclude(ending__in=NEVER_ASKED)


def times_asked(case: Case) -> dict[str, int]:
    """Return how often she was asked in each step, by its code; a step that asked nothing is left out."""
    counted = asked_of_her(case).order_by().values_list("stage").annotate(many=Count("pk"))
    return dict(counted)


def asked_at(case: Case, stage: str, *, office: int | None = None) -> QuerySet[InformationRequest]:
    """Return the questions that she was asked in one step; by one body outside alone, which knows of no other's."""
    asked = asked_of_her(case).filter(stage=stage)
    return asked if office is None else asked.filter(agency=office)


def wanted_by(question: InformationRequest) -> set[int]:
    """Return who wanted to ask a further question, and in whose place: neither of them approves it. One query."""
    proposed = TimelineEvent.objects.filter(case=question.case_id, verb="request_proposed", facts__request=question.pk)
    instead_of = proposed.filter(on_behalf_of__isnull=False).values_list("on_behalf_of_id", flat=True)
    return {question.asked_by_id, *(pk for pk in instead_of if pk is not None)}


def proposed_question(case: Case) -> InformationRequest | None:
    """Return the further question that waits for an approver, with its words."""
    return (
        case.information_requests.filter(ending=InformationRequest.Ending.PROPOSED)
        .select_related("question", "why_again", "asked_by", "agency")
        .first()
    )
