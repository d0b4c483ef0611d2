"""What every action asks of the database, statement by statement."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Agency, Case, Document
from cases.services.common import COUNTER_CONSENT, OTHER_PAPER
from project.demo import player
from project.demo.cast import Cast, person
from tests.builders import A_REASON, a_case, a_draft, item_at
from tests.conftest import THURSDAY
from workflows import actions
from workflows.flows.registry import FLOWS, graph_for

MOST = 14
ACTIONS = (
    "submit",
    "withdraw",
    "answer",
    "resubmit",
    "rate",
    "claim",
    "release",
    "assign",
    "decide",
    "request_information",
    "approve_request",
    "decline_request",
    "put_off_promise",
    "expire",
    "add_papers",
    "write_to_office",
    "write_to_her",
    "note",
    "remind",
    "remark",
    "sweep",
    "recuse",
    "transfer",
    "publish_answer",
    "answer_follow_up",
    "follow_up",
    "take_back",
)
ALL_OFFICES: dict[str, Any] = {
    f"consult_{office}": True for office in ("finance", "tech", "agri", "tax")
}  # the widest split of W1
_LATER = THURSDAY + timedelta(hours=3)
_MUCH_LATER = THURSDAY + timedelta(days=90)

# What each statement of a decision is for, in the order in which a table is met.
_PURPOSES = {
    ("BEGIN", "", 1): "",
    ("SELECT", "cases_case", 1): "lock the case",
    ("SELECT", "workflows_workitem", 1): (
        "under the lock: the item, the case and its business, whether this form was sent before, "
        "the number of the reference tables"
    ),
    ("SELECT", "cases_membership", 1): "the rule book: where the reviewer works",
    ("INSERT", "cases_passage", 1): "the words: the reason and the answer",
    ("INSERT", "cases_decision", 1): "the decision",
    ("UPDATE", "workflows_workitem", 1): "close the item; one row, or somebody was faster",
    ("INSERT", "workflows_workitem", 1): "open the next items, all at once",
    ("INSERT", "cases_involvement", 1): "who may read the case from now on, all at once",
    ("UPDATE", "cases_case", 1): "state, marking, facts, stage, dates, head of the chain",
    ("INSERT", "cases_timelineevent", 1): "the one event",
    ("SELECT", "cases_membership", 2): "whom to tell: everybody whose turn it is",
    ("INSERT", "notifications_notification", 1): "the outbox, all at once",
    ("COMMIT", "", 1): "",
}


@dataclass(frozen=True)
class Asked:
    """One call of one action and the SQL it sent, BEGIN and COMMIT included."""

    action: str
    what: str
    statements: tuple[str, ...]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Each statement as (verb, table)."""
        return [_kind(sql) for sql in self.statements]

    def __str__(self) -> str:
        kinds = ", ".join(f"{verb} {table}".strip() for verb, table in self.kinds)
        return f"{self.action} {self.what}: {len(self.statements)} ({kinds})"


def _kind(sql: str) -> tuple[str, str]:
    verb, outermost = sql.split()[0], sql
    while outermost != (outermost := re.sub(r"\([^()]*\)", "", outermost)):
        pass
    table = re.search(r'(?:FROM|INTO|UPDATE) "(\w+)"', outermost)
    return verb, table[1] if table else ""


@contextmanager
def recording(what: str = "") -> Iterator[list[Asked]]:
    """Collect what is asked inside every call of an action, and only there."""
    asked: list[Asked] = []

    def recorded(name: str, action: Callable[..., Any]) -> Callable[..., Any]:
        def act(*args: Any, **kwargs: Any) -> Any:
            with CaptureQueriesContext(connection) as captured:
                result = action(*args, **kwargs)
            asked.append(Asked(name, what, tuple(query["sql"] for query in captured.captured_queries)))
            return result

        return act

    with ExitStack() as patches:
        for name in ACTIONS:
            patches.enter_context(mock.patch.object(actions, name, recorded(name, getattr(actions, name))))
        yield asked


def every_decision() -> Iterator[Asked]:
    """Give every verdict of every step once, each with a reason in words and, where it may, words to her."""
    every = [
        (service, node, option.verdict)
        for service, version in FLOWS
        for node, human in graph_for(service, version).human_steps.items()
        for option in human.options
        # What a desk says that took a step of hers over is said as every other conclusion of a desk.
        if not option.desks
    ]
    for number, (service, node, verdict) in enumerate(every):
        # Each of another woman: what was granted to one counts for all her cases of the year.
        case = a_case(person(f"Chị {number}", f"0900 800 {number:03d}"), at_node=node, service=service)
        yield decided(case, node, verdict, what=f"{service}, {node}: {verdict}")


def decided(case: Any, node: str, verdict: str, *, what: str = "", **given: Any) -> Asked:
    """Conclude one step with words, and return what that asked."""
    given = {"reason": A_REASON, "answer": player.ANSWER, **given}
    with recording(what or f"{node}: {verdict}") as asked:
        player.conclude(case, node, verdict, at=_LATER, **given)
    return asked[0]


def every_other_action(cast: Cast) -> Iterator[Asked]:
    """Do everything else that moves a case, each where it is widest."""
    yield from _filing(cast)
    applicant, officer = cast.applicant, cast.city_officer

    case = a_case(applicant, at_node="triage", answers={"consult": "yes"})
    yield decided(case, "triage", "general", what="triage: general, with four offices to consult", **ALL_OFFICES)
    with recording("with a reason, five items open") as asked:
        actions.withdraw(case, applicant=applicant, reason=A_REASON, key=uuid4(), at=_LATER)
    yield asked[0]
    with recording() as asked:
        actions.resubmit(case, applicant=applicant, at=_LATER)
    yield asked[0]

    case = a_case(applicant, at_node="consult_finance", **ALL_OFFICES)
    for node in ("draft", "consult_tech", "consult_agri", "consult_tax"):
        player.conclude(case, node, "drafted" if node == "draft" else "opinion", at=_LATER)
    yield decided(case, "consult_finance", "opinion", what="consult_finance: opinion, the last before the join")

    case = a_case(applicant, at_node="triage")
    with recording() as asked:
        actions.write_to_office(case, applicant=applicant, words=A_REASON, key=uuid4(), at=_LATER)
        actions.add_papers(case, applicant=applicant, papers=_papers(case), key=uuid4(), at=_LATER)
        item = item_at(case, "triage")
        actions.write_to_her(item, reviewer=officer, words=A_REASON, key=uuid4(), at=_LATER)
        actions.note(item, reviewer=officer, words=A_REASON, key=uuid4(), at=_LATER)
    yield from asked
    with recording() as asked:
        item = actions.claim(item_at(case, "triage"), reviewer=officer, key=uuid4(), at=_LATER)
        actions.release(item, reviewer=officer, key=uuid4(), at=_LATER)
    yield from asked
    to_assign = item_at(a_case(applicant, at_node="draft"), "draft")
    with recording() as asked:
        actions.assign(to_assign, manager=cast.justice_approver, to=cast.justice_officer, key=uuid4(), at=_LATER)
    yield from asked
    yield from _into_other_hands(cast)
    with recording() as asked:
        player.ask(case, "triage", question=A_REASON, at=_LATER, fields=("entity_name",))
    yield asked[0]
    with recording("with a correction and papers") as asked:
        given = {"corrections": {"entity_name": "Công ty TNHH Mai"}, "papers": _papers(case)}
        player.reply(case, text=A_REASON, at=_LATER, **given)
    yield asked[0]
    yield from _asking_again(cast, case)
    request = player.ask(case, "triage", question=A_REASON, at=_LATER)
    with recording() as asked:
        actions.expire(request, at=_MUCH_LATER)
    yield asked[0]

    yield from _putting_off(cast)
    case = a_case(applicant, at_node="triage")
    with recording() as asked:
        actions.remind(item_at(case, "triage"), supervisor=cast.supervisor, words=A_REASON, key=uuid4(), at=_LATER)
        actions.remark(case, supervisor=cast.supervisor, words=A_REASON, key=uuid4(), at=_LATER)
    yield from asked

    case = a_case(applicant, at_node="deliver")
    player.conclude(case, "deliver", "delivered", at=_LATER)
    with recording() as asked:
        actions.rate(case, applicant=applicant, score=3, key=uuid4(), at=_LATER)
    yield asked[0]
    case = a_case(applicant, at_node="approve")
    player.conclude(case, "approve", "approve", at=_LATER)
    with recording() as asked:
        texts = {"question": "Lập hoá đơn thế nào?", "answer": "Lập khi giao hàng.", "source": "Nghị định 123/2020"}
        actions.publish_answer(case, publisher=cast.justice_approver, **texts, key=uuid4(), at=_LATER)
    yield asked[0]
    yield from _following_up(cast)
    yield from _taking_back(cast)
    with recording("one batch: everything that is still open is late") as asked:
        actions.sweep(at=_MUCH_LATER)
    yield asked[0]


def _taking_back(cast: Cast) -> Iterator[Asked]:
    """Take back that the lender reads, once it has concluded."""
    case = a_case(cast.another_applicant, at_node="confirm_disbursed", service="credit_access", lender="NHCSXH")
    with recording("the lender has concluded") as asked:
        actions.take_back(case, applicant=case.applicant, recipient="NHCSXH", key=uuid4(), at=_LATER)
    yield asked[0]


def _following_up(cast: Cast) -> Iterator[Asked]:
    """Ask after some months how it goes, and write down what she says: herself, and by an officer."""
    case = a_case(cast.another_applicant, at_node="ext_close_household", service="conversion")
    player.conclude(case, "ext_close_household", "closed", at=_LATER)
    with recording("one batch") as asked:
        actions.follow_up(at=_LATER + timedelta(days=100))
    yield asked[0]
    answers = {"with words, and the Union is to call her": case.applicant, "an officer of the Union": cast.city_officer}
    # Each before the next one's day has come.
    for number, (what, actor) in enumerate(answers.items(), start=1):
        row = case.follow_ups.select_related("case").get(number=number)
        with recording(what) as asked:
            given: dict[str, Any] = {"answer": "difficult", "words": A_REASON, "key": uuid4()}
            actions.answer_follow_up(row, actor=actor, at=_LATER + timedelta(days=100 * number), **given)
        yield asked[0]


def _asking_again(cast: Cast, case: Case) -> Iterator[Asked]:
    """Ask once more in a step that asked her: not agreed to, agreed to, and fallen with the step."""
    given: dict[str, Any] = {"question": A_REASON, "why_again": A_REASON, "asked_fields": ("entity_name",)}
    for agrees in (False, True):
        with recording("a further question") as asked:
            request = actions.request_information(
                item_at(case, "triage"), reviewer=cast.city_officer, key=uuid4(), at=_LATER, **given
            )
            if agrees:
                actions.approve_request(request, approver=cast.city_approver, key=uuid4(), at=_LATER)
            else:
                why: dict[str, Any] = {"words": A_REASON, "key": uuid4(), "at": _LATER}
                actions.decline_request(request, approver=cast.city_approver, **why)
        yield from asked[int(agrees) :]
    player.reply(case, text=A_REASON, at=_LATER)
    other = a_case(cast.applicant, at_node="triage")
    player.ask(other, "triage", question=A_REASON, at=_LATER)
    player.reply(other, text=A_REASON, at=_LATER)
    actions.request_information(item_at(other, "triage"), reviewer=cast.city_officer, key=uuid4(), at=_LATER, **given)
    yield decided(other, "triage", "general", what="triage: general, a further question falls", **ALL_OFFICES)


def _putting_off(cast: Cast) -> Iterator[Asked]:
    case = a_case(cast.applicant, at_node="consult_finance", **ALL_OFFICES)
    given: dict[str, Any] = {"reason_code": "NEEDS_TIME", "words": A_REASON}
    with recording("by the office, five items open") as asked:
        day = (_LATER + timedelta(days=29)).date()
        actions.put_off_promise(case, actor=cast.justice_officer, new_day=day, key=uuid4(), at=_LATER, **given)
    yield asked[0]
    sealed = a_case(cast.applicant, at_node="direct_help")
    day = (_LATER + timedelta(days=29)).date()
    actions.put_off_promise(sealed, actor=cast.city_officer, new_day=day, key=uuid4(), at=_LATER, **given)
    with recording("again, a sealed case") as asked:
        day = (_LATER + timedelta(days=36)).date()
        actions.put_off_promise(sealed, actor=cast.city_approver, new_day=day, key=uuid4(), at=_LATER, **given)
    yield asked[0]
    with recording("by the supervisor, five items open") as asked:
        day = (_LATER + timedelta(days=36)).date()
        actions.put_off_promise(case, actor=cast.supervisor, new_day=day, key=uuid4(), at=_LATER, **given)
    yield asked[0]


def _into_other_hands(cast: Cast) -> Iterator[Asked]:
    """Keep away, hand on and give by name, each where it is widest."""
    given: dict[str, Any] = {"key": None, "at": _LATER}
    item = item_at(a_case(cast.applicant, at_node="approve"), "approve")
    with recording("nobody else of the office can do it") as asked:
        actions.recuse(item, person=cast.justice_approver, ground="family", **given)
    yield from asked
    case = a_case(cast.applicant, at_node="adviser_accept", adviser=cast.expert.pk)
    item, officer = item_at(case, "adviser_accept"), cast.another_expert
    with recording("held by name") as asked:
        actions.assign(item, manager=cast.justice_approver, to=officer, key=uuid4(), at=_LATER)
        actions.recuse(item, person=officer, ground="mentor", **given)
    yield from asked
    case = a_case(cast.another_applicant, at_node="draft")
    way = (
        (cast.another_justice_officer, "HPG-STC"),
        (cast.finance_officer, "HPG-THUE"),
        (cast.tax_officer, "HPG-SKHCN"),
    )
    for number, (reviewer, code) in enumerate(way, start=1):
        item, to = item_at(case, "draft"), Agency.objects.get(code=code)
        with recording("the last time, to the desk" if number == len(way) else "to another office") as asked:
            actions.transfer(item, reviewer=reviewer, to=to, words=A_REASON, key=uuid4(), at=_LATER)
        yield from asked if number != 2 else ()


def _filing(cast: Cast) -> Iterator[Asked]:
    why: dict[str, Any] = {"priority": "yes", "priority_reason": A_REASON}
    for what, answers in (("no priority", {}), ("with a reason for priority", why)):
        with recording(what) as asked:
            player.submit(a_draft(cast.applicant, **answers), at=THURSDAY)
        yield asked[0]
    officer = cast.commune_officer
    draft = a_draft(cast.applicant, **why)
    draft.filled_in_by, draft.counter = officer, officer.memberships.get().agency
    draft.save(update_fields=["filled_in_by", "counter"])
    Document.objects.bulk_create(_papers(draft, kind=COUNTER_CONSENT.kind))
    with recording("at the counter, with a reason for priority") as asked:
        player.submit(draft, at=THURSDAY, officer=officer)
    yield asked[0]


def _papers(case: Case, *, kind: str = OTHER_PAPER.kind) -> list[Document]:
    """Return two papers whose files are written, as far as an action looks."""
    person, made = case.applicant, {"content_type": "application/pdf", "size": 1, "uploaded_at": THURSDAY}
    return [Document(case=case, kind=kind, sha256=sign * 64, uploaded_by=person, file=sign, **made) for sign in "ab"]


def everything(cast: Cast) -> list[Asked]:
    """Do everything once, in a process that has served before."""
    a_case(cast.applicant, at_node="approve")
    return [*every_other_action(cast), *every_decision()]


def as_markdown(asked: Sequence[Asked]) -> str:
    """Return docs/statements.md: the statements of one decision, then how many every action takes."""
    [step] = [one for one in asked if one.what == "triage: general, with four offices to consult"]
    met: dict[tuple[str, str], int] = {}
    lines = [
        "# What a step asks of the database",
        "",
        "Written by `.venv/bin/python -m benchmarks.statements`; `tests/workflows/test_statements.py` counts anew",
        f"and holds this page against it. A step takes at most {MOST} statements, BEGIN and COMMIT included, in a",
        "process that has served before (agencies, places, deadline rules and calendar are kept in memory by version).",
        "",
        "## One decision",
        "",
        "The city Women's Union sorts a question and asks four offices beside the Department of Justice: five items.",
        "",
        "| | statement | table | what for |",
        "|---|---|---|---|",
    ]
    for number, (verb, table) in enumerate(step.kinds, start=1):
        met[verb, table] = met.get((verb, table), 0) + 1
        lines.append(f"| {number} | {verb} | {table} | {_PURPOSES[verb, table, met[verb, table]]} |")
    lines += ["", "## Every action", "", "| action | where it is widest | statements |", "|---|---|---|"]
    lines += [f"| {one.action} | {one.what} | {len(one.statements)} |" for one in asked]
    return "\n".join(lines) + "\n"
