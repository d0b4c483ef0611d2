"""Every page that a browser visits: the route, who opens it, in which state. A new route needs a row here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from cases.services import SERVICES

if TYPE_CHECKING:
    from tests.pages.scene import Scene

Arguments = Callable[["Scene"], list[Any]]

# Who opens pages; nobody is "". "owner:…" is whose case it is, "holder:…" who holds the step.
OFFICERS = ("commune_officer", "city_officer", "city_approver", "justice_officer", "justice_approver", "expert")
READERS = ("supervisor", "auditor")
FORM = "main form[method=post]:has(.govuk-button)"
DATE = ("day", "month", "year")


@dataclass(frozen=True)
class Row:
    """One page in one state for one person."""

    route: str
    who: str = ""
    state: str = ""
    args: Arguments = lambda scene: []
    query: str = ""
    # An address without a route of its own: what is nowhere, what goes wrong.
    path: str = ""
    status: int = 200
    # The same from the scene, and the code of a case to look up.
    query_of: Callable[["Scene"], str] | None = None
    code_of: str = ""
    # Filled in (selector, text) and pressed before anybody looks.
    fill: tuple[tuple[str, str], ...] = ()
    press: str = ""
    # Emptied and sent: the page must come back and say what is wrong.
    wrong: str = ""

    @property
    def name(self) -> str:
        """How a failure names the row."""
        return " · ".join(part for part in (self.route or self.path, self.who or "nobody", self.state) if part)

    @property
    def hers(self) -> bool:
        """Whether an applicant, or somebody who may become one, looks at it."""
        if self.route == "design_office":
            return False
        return self.who in ("", "applicant", "newcomer") or self.who.startswith("owner:")

    def address(self, scene: "Scene") -> str:
        """Return where it is."""
        query = self.query_of(scene) if self.query_of else self.query
        if self.code_of:
            query = f"?ma={scene.cases[self.code_of].code}"
        return (self.path or reverse(self.route, args=self.args(scene))) + query


def key(state: str) -> Arguments:
    """Return the key of the case in this state, as the arguments of an address."""
    return lambda scene: [scene.cases[state].key]


def pk(node: str) -> Arguments:
    """Return the id of the work item at this step."""
    return lambda scene: [scene.items[node].pk]


def her_step(node: str) -> Arguments:
    """Return the key of the case that waits for her at this step, and the id of its work item."""
    return lambda scene: [scene.cases[node].key, scene.item_of(node).pk]


def draft_of(state: str) -> Arguments:
    """Return the id of the work item at which the answer to the case in this state is drafted."""
    return lambda scene: [scene.cases[state].work_items.get(node="draft", finished_at__isnull=True).pk]


def question_of(state: str) -> Arguments:
    """Return the id of the last question of the case in this state."""
    return lambda scene: [scene.cases[state].information_requests.latest("pk").pk]


def her_follow_up(state: str) -> Arguments:
    """Return where she is asked the first time how it goes."""
    return lambda scene: [scene.cases[state].key, 1]


def follow_up_of(state: str) -> Arguments:
    """Return the id of the first follow-up of the case in this state."""
    return lambda scene: [scene.cases[state].follow_ups.get(number=1).pk]


def lender(_scene: "Scene") -> list[Any]:
    """Return which question of which service the routing table answers, as the arguments of an address."""
    return ["credit_access", "lender"]


def a_draft_asked(service: str, slug: str) -> Arguments:
    """Return the address of a page in a draft that is asked it."""
    return lambda scene: [scene.draft_asking(service, slug).key, slug]


def house() -> Iterator[Row]:
    """Yield the pages of the house and of signing in."""
    yield Row("home")
    yield Row("home", "applicant")
    for route in ("feedback", "your_data", "accessibility"):
        yield Row(route)
    yield Row("account_request_login_code")
    yield Row("account_request_login_code", state="wrong", wrong=FORM)
    yield Row(
        "account_request_login_code",
        state="code sent",
        fill=((f"{FORM} input[type=tel]", "0900 190 077"),),
        press=f"{FORM} .govuk-button",
    )
    yield Row("account_logout", "applicant")
    yield Row("account_logout", "city_officer")
    yield Row("account_inactive")
    yield Row("neutral")
    for who in ("", "applicant", "supervisor"):
        yield Row("design", who)
    for who in ("", "city_officer", "supervisor"):
        yield Row("design_office", who)
    for who in ("", "applicant", "city_officer"):
        yield Row("", who, "404", path="/khong-co/", status=404)
        yield Row("leave", who, "405", status=405)
        for code in (400, 403, 409, 429, 500, 503):
            yield Row("", who, str(code), path="/hong/", press=f"#to-{code}", status=code)


def filing() -> Iterator[Row]:
    """Yield the pages on which she, or an officer at the counter, fills in."""
    for who in ("", "applicant"):
        yield Row("cases:kinds", who)
    for service in SERVICES.values():
        for who in ("", "applicant", "newcomer"):
            yield Row("cases:start", who, service.code, args=lambda scene, code=service.code: [code])  # type: ignore[misc]
        for page in service.pages:
            asked, state = a_draft_asked(service.code, page.slug), f"{service.code} {page.slug}"
            yield Row("cases:page", "applicant", state, asked)
            yield Row("cases:page", "applicant", f"{state} wrong", asked, wrong=FORM)
    for state in ("draft empty", "draft begun", "draft full", "draft fee"):
        for route in ("cases:tasks", "cases:papers", "cases:check"):
            yield Row(route, "applicant", state, key(state))
    yield Row("cases:discard", "applicant", args=key("draft begun"))
    yield Row("cases:counter", "commune_officer")
    yield Row("cases:counter", "commune_officer", "wrong", wrong=FORM)
    yield Row("cases:paper_day", "commune_officer", "wrong", key("counter draft"), wrong=FORM)
    for route in ("cases:tasks", "cases:papers", "cases:check", "cases:consent_sheet", "cases:paper_day"):
        yield Row(route, "commune_officer", "counter draft", key("counter draft"))
    first = next(iter(SERVICES.values())).pages[0].slug
    yield Row("cases:page", "commune_officer", "counter draft", lambda scene: [scene.cases["counter draft"].key, first])


FILED = (
    *("waiting", "moving", "her turn", "consulted", "late", "fee", "sealed", "decided", "closed", "rated"),
    *("refused", "not accepted", "expired", "withdrawn"),
)


def following() -> Iterator[Row]:
    """Yield the pages on which she follows her cases."""
    yield Row("cases:mine", "applicant")
    yield Row("cases:mine", "newcomer", "empty")
    for state in FILED:
        yield Row("cases:status", f"owner:{state}", state, key(state))
    for state in ("put off", "her turn again"):
        yield Row("cases:status", f"owner:{state}", state, key(state))
        yield Row("cases:lookup", state=state, code_of=state)
    yield Row("cases:thread", "owner:put off", "put off", key("put off"))
    for state in ("waiting", "moving", "late", "closed", "withdrawn"):
        yield Row("cases:filed", f"owner:{state}", state, key(state))
    for state in ("waiting", "moving", "closed"):
        yield Row("cases:sent", f"owner:{state}", state, key(state))
        yield Row("cases:thread", f"owner:{state}", state, key(state))
        yield Row("cases:readings", f"owner:{state}", state, key(state))
    yield Row("workflows:write_to_office", "applicant", "wrong", key("moving"), wrong=FORM)
    yield Row("workflows:add_papers", "applicant", "moving", key("moving"))
    yield Row("workflows:add_papers", "applicant", "wrong", key("moving"), wrong=FORM)
    yield Row("workflows:withdraw", "applicant", "moving", key("moving"))
    yield Row("workflows:answer", "applicant", "her turn", key("her turn"))
    yield Row("workflows:answer", "applicant", "her turn, wrong", key("her turn"), wrong=FORM)
    yield Row("workflows:answer", "owner:her turn again", "a file is kept", key("her turn again"))
    for node in ("agree", "readiness"):
        yield Row("cases:status", f"owner:{node}", node, key(node))
        yield Row("workflows:her_step", f"owner:{node}", node, her_step(node))
        yield Row("workflows:her_step", f"owner:{node}", f"{node}, wrong", her_step(node), wrong=FORM)
    yield Row("cases:thread", "owner:agree", "agree", key("agree"))
    for state in ("to follow up", "followed up"):
        yield Row("cases:status", f"owner:{state}", state, key(state))
        yield Row("workflows:follow_up", f"owner:{state}", state, her_follow_up(state))
    yield Row("workflows:follow_up", "owner:to follow up", "wrong", her_follow_up("to follow up"), wrong=FORM)
    for who in ("applicant", "newcomer", "city_officer", "supervisor"):
        yield Row("notifications:inbox", who)
    yield Row("cases:lookup")
    yield Row("cases:lookup", state="not found", query="?ma=HPG-26-7QK4M2-D", status=404)
    for state in ("moving", "her turn", "late", "closed", "withdrawn", "sealed"):
        yield Row("cases:lookup", state=state, code_of=state)
    digits = ("main form[method=post] [name=digits]", "0001")
    button = "main form[method=post] .govuk-button"
    for state in ("moving", "her turn", "rated"):
        yield Row("cases:lookup", state=f"{state} with her digits", code_of=state, fill=(digits,), press=button)
    yield Row("cases:lookup", state="wrong digits", code_of="late", fill=(digits,), press=button, status=404)
    yield Row("cases:check_slip")
    yield Row("cases:check_slip", state="wrong", wrong=FORM)
    copied = (("[name=line]", "DONG-HANH|M01|HPG-26-7QK4M2-D"), ("[name=signature]", "AAAA"))
    yield Row("cases:check_slip", state="not right", fill=copied, press=button)
    for who in ("", "applicant", "city_officer"):
        yield Row("cases:slip", who, args=lambda scene: [scene.slip.key])
    yield Row("cases:slip", state="unknown", args=lambda scene: [UUID(int=0)], status=404)
    yield Row("cases:slip", state="right", args=lambda scene: [scene.slip.key], press=button)


# One of each kind of form that an office fills in.
NODES = (
    *("intake", "triage", "kb_answer", "draft", "consult_finance", "consult_tax", "approve", "redraft"),
    *("refer_adviser", "adviser_accept", "ext_advice", "cost_propose", "ext_payment", "direct_help"),
    *("approve_refusal", "deliver"),
    *("completeness", "lender_result", "ext_register"),
)


def office() -> Iterator[Row]:
    """Yield the pages of those who work on cases."""
    for who in OFFICERS:
        yield Row("workflows:worklist", who)
    yield Row("workflows:worklist", "city_officer", "the whole office", query="?scope=office")
    yield Row("workflows:worklist", "justice_officer", "late", query="?scope=late")
    yield Row("workflows:worklist", "science_officer", "empty")
    yield Row("workflows:worklist", "city_officer", "nothing found", query="?scope=office&tim=khongco")
    for who in OFFICERS:
        yield Row("cases:office_register", who)
    yield Row("cases:office_register", "city_officer", "nothing found", query="?tim=khongco")
    for state in ("moving", "closed", "withdrawn"):
        yield Row("workflows:office_case", "city_officer", state, key(state))
    yield Row("workflows:office_case", "tax_officer", "consulted", key("consulted"))
    yield Row("workflows:assign", "city_approver", query_of=lambda scene: f"?item={scene.items['triage'].pk}")
    for node in NODES:
        yield Row("workflows:item", f"holder:{node}", node, pk(node))
    for node in ("triage", "draft", "completeness", "lender_result", "ext_register"):
        yield Row("workflows:item", f"holder:{node}", f"{node} wrong", pk(node), wrong="#conclusion")
    for route in ("workflows:transfer", "workflows:recuse"):
        yield Row(route, "holder:draft", args=pk("draft"))
        yield Row(route, "holder:draft", "wrong", pk("draft"), wrong=FORM)
    yield Row("workflows:reassign", "justice_approver", args=pk("adviser_accept"))
    yield Row("workflows:reassign", "justice_approver", "wrong", pk("adviser_accept"), wrong=FORM)
    for who in ("justice_officer", "justice_approver", "expert", "supervisor"):
        yield Row("workflows:absences", who)
        yield Row("workflows:relations", who)
    yield Row("workflows:absences", "justice_officer", "wrong", wrong=FORM)
    yield Row("workflows:relations", "justice_officer", "wrong", wrong=FORM)
    yield Row("workflows:absence_of", "justice_approver", args=lambda scene: [scene.absence.person_id])
    yield Row("workflows:stand_in", "justice_approver", args=lambda scene: [scene.absence.pk])
    yield Row("workflows:ask", "holder:intake", "", pk("intake"))
    yield Row("workflows:ask", "holder:intake", "wrong", pk("intake"), wrong="#conclusion")
    # She was asked in this step before: another question says why, and waits for an approver.
    yield Row("workflows:ask", "justice_officer", "again", draft_of("asked before"))
    yield Row("workflows:ask", "justice_officer", "again, wrong", draft_of("asked before"), wrong="#conclusion")
    for who in ("justice_officer", "justice_approver"):
        yield Row("workflows:item", who, "a question waits", draft_of("question waits"))
    for state in ("question waits", "her turn again"):
        yield Row("workflows:further", "justice_approver", state, question_of(state))
    yield Row("workflows:to_publish", "justice_approver")
    yield Row("workflows:publish", "justice_approver", "", key("closed"))
    yield Row("workflows:publish", "justice_approver", "wrong", key("closed"), wrong=FORM)
    for state in ("to follow up", "followed up"):
        yield Row("workflows:follow_up_by_officer", "city_officer", state, follow_up_of(state))
    yield Row("workflows:follow_up_by_officer", "city_officer", "wrong", follow_up_of("to follow up"), wrong=FORM)
    yield Row("workflows:put_off", "justice_officer", "", key("asked before"))
    yield Row("workflows:put_off", "justice_officer", "wrong", key("asked before"), wrong=FORM)


def supervising() -> Iterator[Row]:
    """Yield the pages of those who read everything."""
    for who in READERS:
        for route in ("cases:register", "cases:targets", "cases:diary", "workflows:overview"):
            yield Row(route, who)
        yield Row("workflows:supervised_items", who)
        yield Row("workflows:checking", who)
    yield Row("cases:register", "supervisor", "nothing fits", query="?code=HPG-26-000000-0")
    yield Row("cases:diary", "supervisor", "nothing fits", query="?person=khongco")
    yield Row("workflows:supervised_items", "supervisor", "late", query="?late=1")
    for which in ("risk", "away", "nobody"):
        yield Row("workflows:supervised_items", "supervisor", which, query=f"?which={which}")
    yield Row("cases:register", "supervisor", "endangered", query="?now=endangered")
    for state in FILED:
        if state != "sealed":
            yield Row("workflows:story", "supervisor", state, key(state))
    for route in ("workflows:story", "workflows:put_off"):
        yield Row(route, "supervisor", "put off", key("put off"))
    for route in ("workflows:remind", "workflows:remark"):
        yield Row(route, "supervisor", args=key("moving"))
        yield Row(route, "supervisor", "wrong", key("moving"), wrong=FORM)


def administering() -> Iterator[Row]:
    """Yield the pages of those who keep the deadline rules and the calendar; a rule is proposed by the first."""
    for who in ("administrator", "another_administrator"):
        yield Row("workflows:rules", who)
        yield Row("workflows:calendar", who)
    yield Row("workflows:calendar", "administrator", "not announced", query="?nam=2030")
    yield Row("workflows:propose_rule", "administrator", args=lambda scene: ["LEGAL_GENERAL"])
    yield Row("workflows:propose_rule", "administrator", "wrong", lambda scene: ["LEGAL_GENERAL"], wrong=FORM)
    for who in ("administrator", "another_administrator"):
        yield Row("workflows:approve_rule", who, args=lambda scene: [scene.proposed_rule.pk])
    yield from _routing()
    yield Row("workflows:enter_day", "administrator", "as it stands", query="?ngay=2026-11-24")
    for route in ("workflows:enter_day", "workflows:announce_year"):
        yield Row(route, "administrator")
        yield Row(route, "administrator", "wrong", wrong=FORM)


def _routing() -> Iterator[Row]:
    """Yield the pages of the routing table; the first administrator proposed a rule, the other decides."""
    for who in ("administrator", "another_administrator"):
        yield Row("workflows:routing", who)
        yield Row("workflows:approve_route", who, args=lambda scene: [scene.proposed_route.pk])
    yield Row("workflows:propose_route", "administrator", args=lender)
    yield Row("workflows:propose_route", "administrator", "wrong", lender, wrong=FORM)
    yield Row("workflows:change_route", "administrator", args=lambda scene: [scene.changeable_route.pk])
    yield Row("workflows:end_route", "administrator", args=lambda scene: [scene.changeable_route.pk])
    day = tuple((f"{FORM} [name=valid_from_{part}]", text) for part, text in zip(DATE, ("1", "1", "2099"), strict=True))
    yield Row(
        "workflows:end_route",
        "administrator",
        "tried",
        lambda scene: [scene.changeable_route.pk],
        fill=((f"{FORM} [name=why]", "Chương trình đã hết."), *day),
        press=f"{FORM} [name=try]",
    )


ROWS: tuple[Row, ...] = (*house(), *filing(), *following(), *office(), *supervising(), *administering())

# Addresses that only a button reaches: looked at with GET they say so (405).
BUTTONS: dict[str, list[Any]] = {
    "leave": [],
    "set_language": [],
    "cases:remove_paper": [UUID(int=0), UUID(int=0)],
    "cases:begin_next": [UUID(int=0)],
    "cases:register_csv": [],
    "cases:register_xlsx": [],
    "workflows:resubmit": [UUID(int=0)],
    "workflows:rate": [UUID(int=0)],
    "workflows:take_back": [UUID(int=0)],
    "workflows:claim": [1],
    "workflows:end_absence": [1],
    "workflows:release": [1],
    "workflows:unseal": [1],
    "workflows:unmask": [1],
    "workflows:preview": [1],
    "workflows:write": [1],
    "workflows:note": [1],
    "workflows:approve_request": [1],
    "workflows:decline_request": [1],
    "workflows:decline_rule": [1],
    "workflows:decline_route": [1],
    "workflows:take_back_day": ["2026-11-24"],
    "notifications:mark_read": [],
}
# Addresses that only lead elsewhere when they are looked at.
SIGNPOSTS = frozenset({"account_login", "workflows:submit", "workflows:decide"})
# What the browser saves or fetches inside a page, with what it is.
FILES: dict[str, tuple[str, Arguments, str]] = {
    "cases:document": ("applicant", lambda scene: [scene.paper.key], "application/pdf"),
    "cases:thumbnail": ("applicant", lambda scene: [scene.cases["draft fee"].key, scene.photo.key], "image/"),
    "cases:receipt": ("applicant", key("moving"), "application/pdf"),
    "cases:slip_pdf": ("applicant", lambda scene: [scene.slip.key], "application/pdf"),
    "cases:answer_pdf": ("owner:closed", key("closed"), "application/pdf"),
    "workflows:story_pdf": ("supervisor", key("moving"), "application/pdf"),
    "workflows:story_csv": ("supervisor", key("moving"), "text/csv"),
    "workflows:story_json": ("supervisor", key("moving"), "application/json"),
    "notifications:badge": ("applicant", lambda scene: [], "text/html"),
}
# Seen on the way of another row.
ON_THE_WAY = frozenset({"account_confirm_login_code"})
