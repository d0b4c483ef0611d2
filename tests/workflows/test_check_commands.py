"""`check_flows` and `check_cases` say what they found, for people and as JSON, and exit 1 on a finding."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case, InformationRequest
from project.demo import player
from project.demo.cast import Cast
from tests.builders import a_case
from tests.conftest import THURSDAY
from workflows.flows import registry
from workflows.management.commands import check_flows
from workflows.models import DeadlineRule, WorkItem
from workflows.queries.health import examine
from workflows.soundness import Report

pytestmark = pytest.mark.django_db


def run(command: str, *arguments: str) -> tuple[int, str]:
    """Return the exit code and what was printed."""
    out, code = StringIO(), 0
    try:
        call_command(command, *arguments, stdout=out)
    except SystemExit as stopped:
        code = int(str(stopped.code))
    return code, out.getvalue()


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


# --- check_flows ----------------------------------------------------------------------------------------------


def test_check_flows_lists_every_flow_with_its_proof(db: None) -> None:
    code, printed = run("check_flows", "--json")
    assert code == 0
    flows = json.loads(printed)["flows"]
    assert [(flow["service"], flow["version"]) for flow in flows] == list(registry.FLOWS)
    for flow in flows:
        assert (flow["sound"], flow["problems"]) == (True, [])
        assert flow["fingerprint"] == registry.graph_for(flow["service"], flow["version"]).fingerprint
        assert flow["states"] > 50
    assert json.loads(printed)["rules_without_row"] == []


def test_check_flows_says_it_in_one_line_a_flow(db: None) -> None:
    code, printed = run("check_flows")
    assert code == 0
    lines = printed.splitlines()
    for line, (service, version) in zip(lines, registry.FLOWS, strict=True):
        assert line.startswith(f"{service} v{version}: ")
        assert line.endswith(" states, sound, released")


def test_check_flows_fails_on_a_flow_that_is_not_sound(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {("legal_advice", 1): Report(states=3, problems=["read: has no holder"])}
    monkeypatch.setattr(check_flows, "proofs", lambda: found)
    assert run("check_flows") == (1, "legal_advice v1: 3 states, read: has no holder, released\n")
    code, printed = run("check_flows", "--json")
    [flow] = json.loads(printed)["flows"]
    assert (code, flow["sound"], flow["problems"]) == (1, False, ["read: has no holder"])


def test_check_flows_fails_on_a_deadline_rule_that_is_only_a_code(db: None) -> None:
    DeadlineRule.objects.filter(code="INTAKE").delete()
    code, printed = run("check_flows", "--json")
    assert (code, json.loads(printed)["rules_without_row"]) == (1, ["INTAKE"])


def test_check_flows_releases_what_is_new_and_leaves_what_is_released(
    db: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = tmp_path / "released.json"
    for module in (registry, check_flows):
        monkeypatch.setattr(module, "RELEASED", released)
    released.write_text("{}")
    now = {
        f"{service}/{version}": registry.graph_for(service, version).fingerprint for service, version in registry.FLOWS
    }
    assert run("check_flows", "--release")[0] == 0
    assert json.loads(released.read_text()) == now
    released.write_text('{"legal_advice/1": "as it was"}')
    run("check_flows", "--release")
    assert json.loads(released.read_text()) == {**now, "legal_advice/1": "as it was"}


# --- check_cases ----------------------------------------------------------------------------------------------

COUNTS = (
    *("cases", "open", "stuck", "late", "at_risk", "waiting_for_her", "outside"),
    *("absent_without_acting", "nobody_can", "overslept"),
)


def check_cases() -> tuple[int, dict[str, Any]]:
    code, printed = run("check_cases", "--json")
    found: dict[str, Any] = json.loads(printed)
    assert set(found) == {*COUNTS, "findings"}
    return code, found


def test_check_cases_counts_what_is_well(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant, at_node="draft", consult_finance=True, consult_tax=True)
    asked = a_case(cast.applicant, at_node="triage")
    player.ask(asked, "triage", question="Chị cho chúng tôi xem hợp đồng?", at=at + timedelta(hours=1))
    player.draft({}, applicant=cast.applicant, at=at)
    outside = a_case(cast.another_applicant, at_node="ext_advice")
    health = examine(at=at + timedelta(hours=2))
    assert [getattr(health, name) for name in COUNTS] == [3, 3, 0, 0, 0, 1, 1, 0, 0, 0]
    assert health.findings == []
    assert health.well
    late = examine(at=outside.work_items.get(finished_at=None).due_at + timedelta(seconds=1))
    assert (late.late, late.stuck, late.well) == (2, 0, True)
    code, found = check_cases()
    assert (code, found["cases"], found["stuck"], found["findings"]) == (0, 3, 0, [])
    code, printed = run("check_cases")
    assert code == 0
    assert printed.startswith("cases=3 open=3 stuck=0 late=")


def delete_an_item(case: Case) -> None:
    sql("DELETE FROM workflows_workitem WHERE case_id = %s AND node = 'draft'", case.pk)


def finish_an_item(case: Case) -> None:
    sql(
        "UPDATE workflows_workitem SET status = 'cancelled', finished_at = opened_at WHERE case_id = %s AND node = %s",
        case.pk,
        "draft",
    )


def move_a_token(case: Case) -> None:
    sql("UPDATE cases_case SET marking = %s WHERE id = %s", '[["approve", "start"]]', case.pk)


def lose_every_token(case: Case) -> None:
    sql("UPDATE cases_case SET marking = '[]' WHERE id = %s", case.pk)


def set_the_state(case: Case) -> None:
    sql("UPDATE cases_case SET state = 'submitted', accepted_at = NULL WHERE id = %s", case.pk)


def end_the_case(case: Case) -> None:
    sql("UPDATE cases_case SET state = 'withdrawn', ended_at = created_at WHERE id = %s", case.pk)


def let_the_holder_be_uninvolved(case: Case) -> None:
    sql("UPDATE cases_involvement SET until = since WHERE case_id = %s", case.pk)


def use_a_flow_that_is_gone(case: Case) -> None:
    sql("UPDATE cases_case SET version = 99 WHERE id = %s", case.pk)


def open_a_question_nobody_waits_for(case: Case) -> None:
    player.ask(case, "draft", question="Chị cho chúng tôi xem hợp đồng?", at=THURSDAY + timedelta(hours=1))
    sql("UPDATE workflows_workitem SET status = 'open' WHERE case_id = %s AND status = 'waiting'", case.pk)


@pytest.mark.parametrize(
    ("breaking", "stuck", "finding"),
    [
        (delete_an_item, 1, "nobody waits at draft (start/split:1)"),
        (finish_an_item, 1, "nobody waits at draft (start/split:1)"),
        (move_a_token, 1, "an item waits at draft (start/split:1) where no token is"),
        (lose_every_token, 1, "nothing comes next"),
        (use_a_flow_that_is_gone, 1, "its flow is not known"),
        (set_the_state, 0, "the state is submitted, the last event says in_review"),
        (end_the_case, 0, "it is over and something is still open"),
        (let_the_holder_be_uninvolved, 0, "somebody holds it who is not recorded as involved"),
        (open_a_question_nobody_waits_for, 0, "the open question and the waiting item do not belong together"),
    ],
)
def test_check_cases_finds_a_case_that_was_broken(
    cast: Cast, breaking: Callable[[Case], None], stuck: int, finding: str
) -> None:
    a_case(cast.applicant, at_node="triage")
    broken = a_case(cast.applicant, at_node="draft")
    assert check_cases()[0] == 0
    breaking(broken)
    code, found = check_cases()
    assert (code, found["stuck"]) == (1, stuck)
    assert f"{broken.code}: {finding}" in found["findings"]
    # The other case is left alone, and nobody is named.
    assert all(line.startswith(f"{broken.code}: ") for line in found["findings"])
    code, printed = run("check_cases")
    assert code == 1
    assert f"{broken.code}: {finding}\n" in printed


def test_the_same_number_of_queries_examines_few_and_many_cases(
    cast: Cast, at: datetime, django_assert_num_queries: Any
) -> None:
    for _few in range(2):
        a_case(cast.applicant, at_node="draft")
    with CaptureQueriesContext(connection) as queries:
        examine(at=at)
    for _more in range(3):
        a_case(cast.applicant, at_node="triage")
    with django_assert_num_queries(len(queries)):
        assert examine(at=at).cases == 5


def test_a_question_is_counted_as_long_as_it_is_open(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage")
    player.ask(case, "triage", question="Chị cho chúng tôi xem hợp đồng?", at=at + timedelta(hours=1))
    assert examine(at=at + timedelta(hours=2)).waiting_for_her == 1
    player.reply(case, text="Em gửi chị.", at=at + timedelta(hours=3))
    assert not InformationRequest.objects.filter(case=case, ending="open").exists()
    assert examine(at=at + timedelta(hours=4)).waiting_for_her == 0
    assert not WorkItem.objects.filter(case=case, status="waiting").exists()
