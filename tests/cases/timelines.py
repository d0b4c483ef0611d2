"""Filed cases with chained events, made straight from the models: for tests of the record itself."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from cases.models.agency import Agency, Commune, Province
from cases.models.case import Case, CaseState, new_code
from cases.models.people import User
from cases.models.timeline import TimelineEvent, next_event

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
VERBS = ("item_claimed", "decision_made", "information_requested", "information_answered")


class Timelines:
    """An invented province and its Women's Union, two people, and as many cases as asked for."""

    def __init__(self, seed: int = 0) -> None:
        self.random = Random(seed)
        province = Province.objects.create(code="99", name="Nơi thử", prefix="THU")
        self.commune = Commune.objects.create(
            code="99001",
            name="Xã Thử",
            province=province,
            valid_from=date(2025, 7, 1),
        )
        self.agency = Agency.objects.create(
            code="THU-HPN",
            kind="HPN",
            name="Hội Liên hiệp Phụ nữ Nơi thử",
            level="province",
            province=province,
            valid_from=date(2025, 7, 1),
        )
        self.applicant = User.objects.create_user("0912345678", "Chị Mai")
        self.reviewer = User.objects.create_user("0912345679", "Chị Lan")

    def case(self, events: int) -> Case:
        """Return a filed case with that many events, committed with the transaction the caller is in."""
        case = Case.objects.create(
            service="legal_advice",
            version=1,
            applicant=self.applicant,
            state=CaseState.SUBMITTED,
            code=new_code("THU", 2026),
            commune=self.commune,
            created_at=NOON,
            submitted_at=NOON,
            held_by="house",
            held_since=NOON,
        )
        self.go_on(case, events)
        return case

    def go_on(self, case: Case, events: int = 1) -> None:
        """Add events to a case."""
        rows = [self._next(case) for _nth in range(events)]
        case.save()
        TimelineEvent.objects.bulk_create(rows)

    def _next(self, case: Case) -> TimelineEvent:
        first = case.event_count == 0
        return next_event(
            case,
            verb="case_submitted" if first else self.random.choice(VERBS),
            actor=self.applicant if first else self.reviewer,
            at=NOON + timedelta(microseconds=self.random.randrange(10**12)),
            facts={"node": "intake", "item": self.random.randrange(1000), "opened": [{"stage": "sorting"}]},
            agency_id=self.agency.pk,
            key=UUID(int=self.random.getrandbits(128), version=4),
        )
