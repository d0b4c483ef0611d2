"""The floor: the same business facts of a case written by hand, one round trip a statement, nothing computed.

No rule book, no words, no MACs, no JSON made: what stands between this and the product is what the product does.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import connection

_FACTS = json.dumps(
    {"node": "triage", "token": "start", "opened": [{"item": 1, "node": "draft"}] * 2, "words": "x" * 200}
)
_MAC = "0" * 64
_NO_KEY = " FOR NO KEY UPDATE"


@dataclass
class Floor:
    """One connection's raw cursor, and how often it was asked."""

    applicant: int
    people: Sequence[int]
    agency: int
    at: datetime
    statements: int = 0
    open: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        connection.ensure_connection()
        self._cursor = connection.connection.cursor()
        self._on_sqlite = connection.vendor == "sqlite"
        moment = self.at
        self._moment: Any = moment.isoformat(" ") if self._on_sqlite else moment
        self._day: Any = moment.date().isoformat() if self._on_sqlite else moment.date()

    def ask(self, sql: str, *values: Any) -> Any:
        """Send one statement; return the first value of what it returns."""
        self.statements += 1
        if self._on_sqlite:
            sql = sql.replace("%s", "?").replace(_NO_KEY, "")
        self._cursor.execute(sql, values)
        row = self._cursor.fetchone() if self._cursor.description else None
        return row[0] if row else None

    def draft(self) -> int:
        """Write a draft, which is not measured."""
        return int(
            self.ask(
                "INSERT INTO cases_case (key, service, version, applicant_id, state, marking, facts, stage, sealed,"
                " priority, women_owned, sme_class, created_at, outcome, event_count, chain_head, chain_seal) VALUES"
                " (%s, 'legal_advice', 1, %s, 'draft', '[]', '{}', '', %s, %s, %s, '', %s, '', 0, '', '') RETURNING id",
                uuid4().hex,
                self.applicant,
                False,
                False,
                False,
                self._moment,
            )
        )

    def step(
        self, case: int, node: str, *, position: int, opens: Sequence[str] = (), state: str = "in_review", **also: Any
    ) -> None:
        """Write one step: lock, decision, item closed, next ones opened, case, event, outbox."""
        self.ask("BEGIN IMMEDIATE" if self._on_sqlite else "BEGIN")
        self.ask("SELECT * FROM cases_case WHERE id = %s FOR NO KEY UPDATE", case)
        if node:
            item = self.open.pop(node)
            decision = self.ask(
                "INSERT INTO cases_decision (case_id, node, token, verdict, reason_code, reviewer_id, agency_id,"
                " details, decided_at) VALUES (%s, %s, 'start', 'accept', 'FACTS_CLEAR', %s, %s, '{}', %s)"
                " RETURNING id",
                case,
                node,
                self.people[0],
                self.agency,
                self._moment,
            )
            self.ask(
                "UPDATE workflows_workitem SET status = 'done', version = version + 1, finished_at = %s,"
                " finished_by_id = %s, decision_id = %s WHERE id = %s AND status = 'open' AND version = 1",
                self._moment,
                self.people[0],
                decision,
                item,
            )
        for opened in opens:
            self.open[opened] = self.ask(
                "INSERT INTO workflows_workitem (case_id, node, token, stage, holder, agency_id, status, version,"
                " opened_at, starts_on, rule, due_at) VALUES (%s, %s, 'start', 'reading', 'agency', %s, 'open', 1,"
                " %s, %s, 'INTAKE', %s) RETURNING id",
                case,
                opened,
                self.agency,
                self._moment,
                self._day,
                self._moment,
            )
        changed = {"state": state, "marking": '[["intake", "start"]]', "facts": _FACTS, "event_count": position}
        changed |= {"chain_head": _MAC, "chain_seal": _MAC, **also}
        columns = ", ".join(f"{name} = %s" for name in changed)
        self.ask(f"UPDATE cases_case SET {columns} WHERE id = %s", *changed.values(), case)
        event = self.ask(
            "INSERT INTO cases_timelineevent (case_id, position, verb, actor_id, agency_id, facts, at, key, key_id,"
            " mac) VALUES (%s, %s, 'decision_made', %s, %s, %s, %s, %s, 'k1', %s) RETURNING id",
            case,
            position,
            self.people[0],
            self.agency,
            _FACTS,
            self._moment,
            uuid4().hex,
            _MAC,
        )
        for person in self.people[: len(opens)]:
            self.ask(
                "INSERT INTO notifications_notification (event_id, case_id, person_id, channel, created_at)"
                " VALUES (%s, %s, %s, 'inbox', %s)",
                event,
                case,
                person,
                self._moment,
            )
        self.ask("COMMIT")

    def case(self, case: int, code: str, commune: str) -> None:
        """Write one whole case: submit, accept, sort with one office asked, draft, opinion, approve, deliver."""
        filed = {"code": code, "submitted_at": self._moment, "commune_id": commune}
        ended = {"outcome": "answered", "decided_at": self._moment}
        self.step(case, "", position=1, opens=["intake"], state="submitted", **filed)
        self.step(case, "intake", position=2, opens=["triage"])
        self.step(case, "triage", position=3, opens=["draft", "consult_finance"])
        self.step(case, "draft", position=4)
        self.step(case, "consult_finance", position=5, opens=["approve"])
        self.step(case, "approve", position=6, opens=["deliver"], state="decided", **ended)
        self.step(case, "deliver", position=7, state="closed", ended_at=self._moment)
