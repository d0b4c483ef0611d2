"""The floor of the sweep: the same rows written by hand in as few statements, nothing judged, no MACs, no words."""

import json
from datetime import datetime

from django.db import connection

BATCH = 200
_FACTS = json.dumps(
    {"level": 100, "read_by": [{"item": 1, "node": "draft", "role": "officer"}] * 3, "words": "x" * 300}
)
_MAC = "0" * 64
_TOLD = 4


def sweep_by_hand(at: datetime, again: datetime) -> int:
    """Say one thing of each open item of each case that is due, to as many people as usual; return how many."""
    done = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(id) FROM (SELECT id FROM cases_user ORDER BY id LIMIT %s) AS few", [_TOLD])
        people = cursor.fetchone()[0]
        while True:
            cursor.execute(
                "SELECT * FROM cases_case WHERE look_at <= %s ORDER BY look_at, id LIMIT %s"
                " FOR NO KEY UPDATE SKIP LOCKED",
                [at, BATCH],
            )
            cases = [row[0] for row in cursor.fetchall()]
            if not cases:
                return done
            done += len(cases)
            cursor.execute("SELECT * FROM workflows_workitem WHERE case_id = ANY(%s) AND finished_at IS NULL", [cases])
            items = [row[0] for row in cursor.fetchall()]
            cursor.execute("UPDATE workflows_workitem SET reminded = 100 WHERE id = ANY(%s)", [items])
            cursor.execute(
                "UPDATE cases_case SET look_at = %s, event_count = event_count + 1, chain_head = %s, chain_seal = %s"
                " WHERE id = ANY(%s)",
                [again, _MAC, _MAC, cases],
            )
            cursor.execute(
                "INSERT INTO cases_timelineevent (case_id, position, verb, facts, at, key_id, mac)"
                " SELECT i.case_id, 1000 + row_number() OVER (PARTITION BY i.case_id), 'deadline_passed',"
                " %s, %s, 'k1', %s FROM workflows_workitem i WHERE i.id = ANY(%s) RETURNING id, case_id",
                [_FACTS, at, _MAC, items],
            )
            events, of = zip(*cursor.fetchall(), strict=True)
            cursor.execute(
                "INSERT INTO notifications_notification (event_id, case_id, person_id, channel, created_at)"
                " SELECT e, c, p, 'inbox', %s FROM unnest(%s::bigint[], %s::bigint[]) AS told(e, c),"
                " unnest(%s::bigint[]) AS p",
                [at, list(events), list(of), people],
            )
