"""A process that does an action and is killed in the middle of it, as often as one likes.

A server, which itself never connects, waits for jobs, one line of JSON each. For every job it forks a child that
connects, does the action and, at the moment asked for, sends itself SIGKILL; or the server kills it after some time.
"""

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

from django.conf import settings
from django.db import connection

from cases.models import Case, InformationRequest
from project.demo.player import holder_of
from workflows import actions
from workflows.models import WorkItem

ROOT = Path(__file__).parents[2]
BEFORE_COMMIT, AFTER_COMMIT = "before COMMIT", "after COMMIT"
# As a moment to be killed at: none, live to the end and report every moment there was.
NEVER = -1
_SERVER = "import sys, django; django.setup(); from tests.workflows.killing import serve; serve(sys.argv[1])"


def prepared(action: str, pk: int, key: UUID, at: datetime) -> Callable[[], Any]:
    """Return the action on the draft, work item or information request of this id, ready to be called.

    The sweep, and asking how it goes, are about no one case: their number is how many cases make a batch.
    """
    match action:
        case "sweep":
            return partial(actions.sweep, at=at, batch=pk)
        case "follow_up":
            return partial(actions.follow_up, at=at, batch=pk)
        case "submit":
            case = Case.objects.select_related("applicant").get(pk=pk)
            consents = ["handle", "consult", "sensitive"]
            return partial(actions.submit, case, applicant=case.applicant, consents=consents, key=key, at=at)
        case "answer":
            request = InformationRequest.objects.select_related("case__applicant").get(pk=pk)
            return partial(
                actions.answer,
                request,
                applicant=request.case.applicant,
                reply="Tôi gửi lại tên công ty.",
                corrections={"entity_name": "Công ty TNHH Hạnh Phúc"},
                key=key,
                at=at,
            )
        case _:
            item = WorkItem.objects.select_related("case", "agency").get(pk=pk)
            return partial(
                actions.decide,
                item,
                reviewer=holder_of(item),
                verdict="general",
                reason_code="FACTS_CLEAR",
                reason="Câu hỏi chung, hỏi thêm Sở Tài chính.",
                details={"consult_finance": True},
                key=key,
                at=at,
            )


# --- the child ----------------------------------------------------------------------------------------------


def _act_and_die(job: dict[str, Any]) -> None:
    act = prepared(job["action"], job["pk"], UUID(job["key"]), datetime.fromisoformat(job["at"]))
    if job["seconds"] is not None:
        act()
        return
    moments: list[str] = []

    def moment(name: str) -> None:
        if len(moments) == job["moment"]:
            os.kill(os.getpid(), signal.SIGKILL)
        moments.append(name)

    def before_each(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        moment(sql.split()[0])
        return execute(sql, *args)

    commit = connection.commit

    def around_commit() -> None:
        moment(BEFORE_COMMIT)
        commit()
        moment(AFTER_COMMIT)

    with mock.patch.object(connection, "commit", around_commit), connection.execute_wrapper(before_each):
        act()
    sys.stdout.write(json.dumps(moments) + "\n")
    sys.stdout.flush()


def serve(database: str) -> None:
    """Do the jobs that come in, on this database."""
    settings.DATABASES["default"]["NAME"] = database
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                _act_and_die(json.loads(line))
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        seconds = json.loads(line)["seconds"]
        if seconds is not None:
            time.sleep(seconds)
            # Not yet waited for, so it is there, even if it has ended.
            os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        if status or seconds is not None:
            killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            sys.stdout.write(json.dumps("killed" if killed else "failed" if status else "done") + "\n")
            sys.stdout.flush()


# --- the parent ---------------------------------------------------------------------------------------------


class Killer:
    """Has actions done by children that die."""

    def __init__(self, server: "subprocess.Popen[str]") -> None:
        self._server = server

    def do(
        self, action: str, pk: int, key: UUID, at: datetime, *, moment: int = NEVER, seconds: float | None = None
    ) -> Any:
        """Have an action done; return "killed", or every moment there was when it lived to the end.

        With `seconds`, kill it after that time wherever it is; return "killed", or "done" if it was quicker.
        """
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        job: dict[str, Any] = {"action": action, "pk": pk, "key": str(key), "at": at.isoformat(), "moment": moment}
        job["seconds"] = seconds
        self._server.stdin.write(json.dumps(job) + "\n")
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline())
        assert answer != "failed"
        return answer


@contextmanager
def killer(database: str) -> Iterator[Killer]:
    """Run the server beside the test, on the test's database."""
    command = [sys.executable, "-c", _SERVER, database]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "project.settings"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            yield Killer(server)
        finally:
            assert server.stdin is not None
            server.stdin.close()
