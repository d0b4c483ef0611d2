"""What a random walk does with a form, and the three promises that hold after each of its steps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from cases.models import Case, Decision, Membership, Role, TimelineEvent, User
from cases.policy import WrongState
from cases.queries.timeline import verify
from notifications.models import Notification
from project.demo.cast import SINCE, Cast
from tests.conftest import THURSDAY
from tests.workflows.story_model import Story
from workflows import actions, engine
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.nodes import HumanStep
from workflows.queries.health import examine

# Something a person does with a form of this key at this moment.
Act = Callable[[User, UUID, datetime], object]


@dataclass
class Tally:
    """What all walks of a run did."""

    steps: int = 0
    refused: int = 0
    concluded: set[tuple[str, str, str]] = field(default_factory=set)
    verbs: set[str] = field(default_factory=set)


class Promises(RuleBasedStateMachine):
    """Some cases, what is known of them, and what must be true of them."""

    def __init__(self, cast: Cast, tally: Tally, begins_with: tuple[str, str, str] | None = None) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.cast, self.tally, self.begins_with = cast, tally, begins_with
        self.people = [user for _part, user in cast.people()]
        # Two who could judge their own work, if they were let.
        for officer in (cast.justice_officer, cast.city_officer):
            agency = Membership.objects.get(user=officer).agency
            Membership.objects.create(user=officer, agency=agency, role=Role.APPROVER, since=SINCE)
        self.now = THURSDAY
        self.stories: dict[int, Story] = {}
        # What was copied to be sent again, by the case it was copied from.
        self.copies: dict[int, Case] = {}
        # Cases whose copy was sent: they cannot be sent once more.
        self.sent_again: set[int] = set()
        # Every form that had its effect: how to send it again, who sent it, what came of it.
        self.forms: list[tuple[Callable[[User], object], User, object]] = []
        self.filed_unready = False
        self.last_event = 0

    def teardown(self) -> None:
        """Undo everything."""
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    # --- how a step is done -------------------------------------------------------------------------------------

    def does(self, who: User, act: Act, *, again: Act | None = None) -> None:
        """Do something that has an effect, and keep the form, so that it can be sent again."""
        key, at = uuid4(), self.moment()
        result = act(who, key, at)
        self.forms.append((lambda other: (again or act)(other, key, at), who, result))

    def is_refused(self, who: User, act: Act, *why: type[Exception]) -> None:
        """Try something that must have no effect."""
        at = self.moment()
        with pytest.raises(why or WrongState), transaction.atomic():
            act(who, uuid4(), at)
        self.tally.refused += 1

    def moment(self) -> datetime:
        """Count a step and return its moment."""
        self.tally.steps += 1
        self.now += timedelta(minutes=1)
        return self.now

    def case(self, pick: int) -> tuple[Case, Story]:
        """Return one of the filed cases."""
        pk = list(self.stories)[pick % len(self.stories)]
        return Case.objects.select_related("applicant").get(pk=pk), self.stories[pk]

    def item(self, pick: int) -> tuple[WorkItem, Story, HumanStep]:
        """Return one of the open work items, those that wait for her among them."""
        items = list(
            WorkItem.objects.filter(finished_at=None).order_by("pk").select_related("case", "agency", "assignee")
        )
        item = items[pick % len(items)]
        return item, self.stories[item.case_id], graph_for(item.case.service, item.case.version).human(item.node)

    @staticmethod
    def form(item: WorkItem, who: User, key: UUID, at: datetime, **given: Any) -> Decision:
        """Decide with the first verdict there is."""
        option = graph_for(item.case.service, item.case.version).human(item.node).options[0]
        code = "HER_WORD" if option.hers else "FACTS_CLEAR"
        return actions.decide(item, reviewer=who, verdict=option.verdict, reason_code=code, key=key, at=at, **given)

    # --- what must be true after every step ---------------------------------------------------------------------

    @invariant()
    def nothing_is_stuck(self) -> None:
        """Every case that moves has for each open branch one work item with a holder and a day; no other has any."""
        health = examine(at=self.now)
        assert (health.findings, health.stuck, health.cases) == ([], 0, len(self.stories))
        assert health.open == sum(bool(story.open) for story in self.stories.values())
        items = list(WorkItem.objects.filter(finished_at=None))
        assert all(item.due_at and (item.agency_id or item.assignee_id) for item in items)
        assert len(items) == sum(len(story.open) for story in self.stories.values())
        for case in Case.objects.filter(pk__in=self.stories):
            story = self.stories[case.pk]
            own = [item for item in items if item.case_id == case.pk]
            assert {item.node: item.assignee_id for item in own} == story.open
            assert [item.node for item in own if item.status == "waiting"] == [
                node for node in story.open if node == story.waits_for_her_at
            ]
            graph = graph_for(case.service, case.version)
            waited_for = engine.human_part(graph, engine.from_json(case.marking))
            assert sorted((item.node, item.token) for item in own) == sorted(waited_for)
            assert (case.state, case.sealed, case.event_count) == (story.state, story.sealed, story.events)
            assert case.outcome == story.outcome

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        """One act, one event; and whoever's turn it is now has been told."""
        assert TimelineEvent.objects.count() == sum(story.events for story in self.stories.values())
        for event in TimelineEvent.objects.filter(pk__gt=self.last_event).order_by("pk"):
            self.last_event = event.pk
            self.tally.verbs.add(event.verb)
            opened = event.facts["opened"]
            assert {item["node"] for item in opened} == self.stories[event.case_id].just_opened
            told = set(Notification.objects.filter(event=event).values_list("person_id", flat=True))
            for item in [*opened, *([event.facts["resumed"]] if "resumed" in event.facts else [])]:
                office = Membership.objects.filter(agency=item["agency"], role=item["role"], until=None)
                whose = {item["person"]} if item["person"] else set(office.values_list("user_id", flat=True))
                assert whose
                assert whose - {event.actor_id} <= told

    @invariant()
    def nothing_is_rewritten(self) -> None:
        """The whole record verifies."""
        assert verify(self.now).findings == ()
