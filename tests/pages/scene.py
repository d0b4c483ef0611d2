"""The scene: the demo's people and cases and a few more, so that every page stands in every state."""

import json
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

import uvicorn
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from cases.forms.filing import start_draft
from cases.models import Absence, Agency, Case, CaseState, Document, Role, Slip, User
from cases.queries.directory import reference_version
from cases.queries.naming import office_name
from cases.services import SERVICES, service_of
from cases.slips import issue_of_case
from project.demo import player, playing
from project.demo.cast import Cast, gather, person
from project.demo.player import holder_of
from project.templatetags.aloud import law_to_her
from project.worker import work_once, work_until
from tests import browsing, builders
from tests.pages.rows import FILES, ROWS, Row
from workflows import actions, clock
from workflows.models import DeadlineRule, RoutingRule, WorkItem
from workflows.queries.rulebook import rulebook

# The states by the women of the demo's stories.
STORIES: dict[str, tuple[str, CaseState]] = {
    "moving": ("Trần Thị Mai", CaseState.IN_REVIEW),
    "her turn": ("Trần Thị Mai", CaseState.SUBMITTED),
    "rated": ("Trần Thị Mai", CaseState.CLOSED),
    "waiting": ("Vũ Thị Nga", CaseState.SUBMITTED),
    "consulted": ("Nguyễn Thị Hạnh", CaseState.IN_REVIEW),
    "late": ("Bạch Thị Lệ", CaseState.IN_REVIEW),
    "fee": ("Tống Thị Loan", CaseState.IN_REVIEW),
    "sealed": ("Ông Thị Sáu", CaseState.IN_REVIEW),
    "decided": ("Nông Thị Dung", CaseState.DECIDED),
    "closed": ("Chu Thị Hiền", CaseState.CLOSED),
    "refused": ("Giáp Thị Tươi", CaseState.CLOSED),
    "not accepted": ("Thân Thị Xuân", CaseState.NOT_ACCEPTED),
    "expired": ("Ninh Thị Hợp", CaseState.EXPIRED),
    "withdrawn": ("Viên Thị Lành", CaseState.WITHDRAWN),
}


class Scene:
    """Everybody and every case the rows speak of."""

    cases: dict[str, Case]
    # Two papers of one draft.
    paper: Document
    photo: Document

    def __init__(self) -> None:
        """Play the demo and add what it lacks."""
        now = timezone.now()
        self.cast: Cast = gather()
        playing.play_all(now=now, calendar=rulebook(reference_version()).calendar)
        playing.one_draft(self.cast.applicant, at=now)
        self.newcomer = person("Lý Thị Mới", "0900 190 001")
        self.cases = {state: self._told(name, law) for state, (name, law) in STORIES.items()}
        mai = self.cast.applicant
        self.cases["draft begun"] = Case.objects.filter(applicant=mai, state=CaseState.DRAFT).earliest("pk")
        self.cases["draft empty"] = start_draft(service=SERVICES["legal_advice"], applicant=mai, at=now)
        self.cases["draft full"] = builders.a_draft(mai, at=now)
        self.cases["draft fee"] = builders.a_draft(
            mai, at=now, question_kind="specific", wants_cost_support="yes", adviser_fee=5_000_000
        )
        self.cases["draft loan"] = builders.a_draft(mai, at=now, service="credit_access")
        self.cases["draft loan shares"] = builders.a_draft(mai, at=now, service="credit_access", entity_type="llc1")
        self.cases["draft conversion"] = builders.a_draft(mai, at=now, service="conversion", form_wanted="llc2")
        self._add_papers(self.cases["draft fee"])
        self.cases["counter draft"] = self._counter_draft()
        self._asked_again_and_put_off(at=now - timedelta(hours=2))
        self._loans_and_conversions(at=now - timedelta(hours=2))
        self._asked_how_it_goes(now=now)
        self.absence = self._an_absence()
        self._two_administrators()
        work_once(at=now)

    def _asked_again_and_put_off(self, *, at: datetime) -> None:
        """Add cases that were asked once, are to be asked again, and are; and one whose promised day was put off."""
        officer, hanh = self.cast.justice_officer, self.cast.another_applicant
        for state in ("asked before", "question waits", "her turn again", "put off"):
            case = self.cases[state] = builders.a_case(hanh, at_node="draft", at=at)
            if state == "put off":
                assert case.promised_on is not None
                day = clock.put_off(case.promised_on, rulebook(reference_version()), today=timezone.localdate(at))
                why: dict[str, Any] = {"reason_code": "WAITING_FOR_OFFICE", "words": player.ANSWER, "key": uuid4()}
                actions.put_off_promise(case, actor=officer, new_day=day, at=at + timedelta(hours=1), **why)
                continue
            player.ask(case, "draft", question="Chị gửi ảnh hợp đồng.", at=at + timedelta(minutes=20))
            player.reply(case, text="Tôi gửi đây.", at=at + timedelta(minutes=30))
            if state == "her turn again":
                player.ask(case, "draft", question="Chị gửi thêm trang ký tên.", at=at + timedelta(minutes=40))
                self._keep_a_file(case)
            elif state == "question waits":
                again: dict[str, Any] = {"question": "Chị gửi thêm trang ký tên.", "why_again": player.WHY_AGAIN}
                item, later = player.open_item(case, "draft"), at + timedelta(minutes=40)
                actions.request_information(item, reviewer=officer, key=uuid4(), at=later, **again)

    def _loans_and_conversions(self, *, at: datetime) -> None:
        """Add cases with a step of her own, and with what is asked beside a verdict."""
        hanh = self.cast.another_applicant
        for service, node in (
            ("credit_access", "completeness"),
            ("credit_access", "agree"),
            ("credit_access", "lender_result"),
            ("conversion", "readiness"),
            ("conversion", "ext_register"),
        ):
            self.cases[node] = builders.a_case(hanh, service=service, at_node=node, at=at)

    def _asked_how_it_goes(self, *, now: datetime) -> None:
        """Add two cases that were closed so long ago that it is asked how it goes: one is answered, one is late."""
        at, hanh = now - timedelta(days=125), self.cast.another_applicant
        for state in ("to follow up", "followed up"):
            case = self.cases[state] = builders.a_case(hanh, at_node="ext_close_household", at=at, service="conversion")
            player.conclude(case, "ext_close_household", "closed", at=at + timedelta(hours=2))
        row = self.cases["followed up"].follow_ups.select_related("case").get(number=1)
        actions.answer_follow_up(row, actor=hanh, answer="difficult", words=player.ANSWER, key=uuid4(), at=now)

    def _an_absence(self) -> Absence:
        """Return the absence of somebody who is away next week."""
        person, office = self.cast.another_justice_officer, Agency.objects.get(code="HPG-STP")
        since = timezone.localdate() + timedelta(days=7)
        acting = {(office.pk, Role.OFFICER.value): self.cast.justice_officer}
        actions.record_absence(
            person=person, by=person, since=since, until=since + timedelta(days=4), acting=acting, at=timezone.now()
        )
        return Absence.objects.get(person=person)

    def _told(self, name: str, state: CaseState) -> Case:
        return Case.objects.filter(applicant__full_name=name, state=state).latest("pk")

    def _add_papers(self, case: Case) -> None:
        client = browsing.signed_in(case.applicant)
        kinds = [paper.kind for paper in service_of(case).papers]
        for kind, file in zip(
            kinds, (browsing.a_pdf(), browsing.a_file("anh.jpg", browsing.a_picture())), strict=False
        ):
            assert browsing.add_paper(client, case, kind, file).status_code == 302
        self.paper = case.documents.get(content_type="application/pdf")
        self.photo = case.documents.exclude(pk=self.paper.pk).get()

    def _keep_a_file(self, case: Case) -> None:
        """Choose a file for an answer that is not sent yet."""
        client, address = browsing.signed_in(case.applicant), reverse("workflows:answer", args=[case.key])
        ahead = {**browsing.hidden(client.get(address)), "add": "", "paper_other": browsing.a_pdf("trang-ky.pdf")}
        assert client.post(address, ahead).status_code == 200
        assert case.kept_files.count() == 1

    def _counter_draft(self) -> Case:
        client = browsing.signed_in(self.cast.commune_officer)
        said = {"service": "legal_advice", "full_name": "Lý Thị Quầy", "phone": "0900 190 002", "present": "on"}
        today = timezone.localdate()
        came = {f"received_on_{part}": getattr(today, part) for part in ("day", "month", "year")}
        assert client.post(reverse("cases:counter"), said | came).status_code == 302
        return Case.objects.get(applicant__full_name="Lý Thị Quầy")

    def _two_administrators(self) -> None:
        """Let one propose a rule and enter a day, so that the other finds both."""
        browser, day = browsing.signed_in(self.cast.administrator), "2027-01-04"
        source = {"legal_source": "Nghị định 18/2026/NĐ-CP, Điều 3", "source_status": "V"}
        wording = {"days": "12", "unit": "working", "clock_start": "accepted", "pauses": "yes", **source}
        address = reverse("workflows:propose_rule", args=["LEGAL_COMPLEX"])
        proposed = browser.post(address, browsing.as_boxes({**wording, "valid_from": "2099-01-01"}))
        off = {"day": day, "kind": "holiday", "name": "Nghỉ hoán đổi", "source": "Thông báo của Bộ Nội vụ"}
        entered = browser.post(reverse("workflows:enter_day"), browsing.as_boxes(off))
        assert (proposed.status_code, entered.status_code) == (302, 302)
        route = {"is_rural": "yes", "kind": "AGRI", "product": "Vay làm vườn", "why": "Chị vay để làm vườn."}
        sure = {"position": "65", "source_status": "A", "valid_from": "2099-01-01"}
        address = reverse("workflows:propose_route", args=["credit_access", "lender"])
        assert browser.post(address, browsing.as_boxes({**route, **sure})).status_code == 302

    def item_of(self, node: str) -> WorkItem:
        """Return the open item of the case that was brought to this step for her pages."""
        return player.open_item(self.cases[node], node)

    @cached_property
    def proposed_rule(self) -> DeadlineRule:
        """The version that one administrator proposed and the other has not decided about."""
        return DeadlineRule.objects.get(proposed_by=self.cast.administrator, approved_at=None)

    @cached_property
    def proposed_route(self) -> RoutingRule:
        """The rule of the routing table that one administrator proposed and the other has not decided about."""
        return RoutingRule.objects.get(proposed_by=self.cast.administrator, approved_at=None)

    @cached_property
    def changeable_route(self) -> RoutingRule:
        """A rule of the routing table that holds."""
        return RoutingRule.objects.get(service="credit_access", position=30, proposed_by=None)

    @cached_property
    def slip(self) -> Slip:
        """A receipt of the woman who is followed everywhere."""
        issue_of_case(self.cases["moving"])
        return Slip.objects.filter(case=self.cases["moving"], kind=Slip.Kind.RECEIPT).latest("pk")

    @cached_property
    def items(self) -> dict[str, WorkItem]:
        """One open work item of every step at which a case waits."""
        found = WorkItem.objects.filter(status=WorkItem.Status.OPEN).select_related("case", "agency", "assignee")
        return {item.node: item for item in found.order_by("-pk")}

    def draft_asking(self, service: str, slug: str) -> Case:
        """Return a draft that is asked this page."""
        return next(
            case
            for name, case in self.cases.items()
            if name.startswith("draft") and case.service == service and service_of(case).page(slug, case.answers.data)
        )

    def who(self, name: str) -> User:
        """Return the person of a row: a part of the cast, the owner of a case or the holder of a step."""
        kind, _colon, what = name.partition(":")
        if kind == "owner":
            return self.cases[what].applicant
        if kind == "holder":
            return holder_of(self.items[what])
        if name == "newcomer":
            return self.newcomer
        found: User = getattr(self.cast, name)
        return found


def written(scene: Scene, rows: Iterable[Row]) -> dict[str, Any]:
    """Return what the tests must know: where each row is, whose session opens it, which words are data."""
    sessions: dict[str, str] = {"": ""}
    places = {}
    for row in rows:
        if row.who not in sessions:
            client = browsing.signed_in(scene.who(row.who))
            sessions[row.who] = client.cookies[settings.SESSION_COOKIE_NAME].value
        places[row.name] = row.address(scene)
    files = {name: reverse(name, args=args(scene)) for name, (_who, args, _kind) in FILES.items()}
    return {"sessions": sessions, "places": places, "files": files, "data": sorted(data(), key=len, reverse=True)}


def data() -> set[str]:
    """Return every text that people or the law wrote and no translator will: names, places, answers, words."""
    texts: set[str] = set()
    for app in ("cases", "workflows", "notifications"):
        for model in apps.get_app_config(app).get_models():
            names = [field.attname for field in model._meta.concrete_fields if not field.choices]
            for row in model._default_manager.all():
                for name in names:
                    texts |= set(_texts(getattr(row, name)))
    for agency in Agency.objects.all():
        # As they stand where everybody knows which city is meant.
        texts |= {office_name(agency), agency.name.removesuffix(" Hải Phòng")}
    # As she reads a law: without what stands in brackets behind it.
    texts |= {law_to_her(rule.law) for rule in DeadlineRule.objects.all()}
    return {text for text in texts if not text.isascii()}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)


def main(port: int) -> None:
    """Prepare the scene, write down where everything is, serve."""
    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    notes = written(Scene(), ROWS)
    (settings.VAR_DIR / "notes.json").write_text(json.dumps(notes, ensure_ascii=False), encoding="utf-8")
    threading.Thread(target=work_until, args=(threading.Event(),), kwargs={"every": 2.0}, daemon=True).start()
    uvicorn.run("project.asgi:application", host="127.0.0.1", port=port, log_level="warning")
