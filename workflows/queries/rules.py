"""The deadline rules in words: what each is for, what holds today, what comes, what is proposed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, User
from cases.services import SERVICES
from workflows.flows.registry import FLOWS
from workflows.models import DeadlineRule, WorkItem
from workflows.queries.rulebook import Rulebook

Words = str | Promise

# What each rule is for, by group, in the order of a case's way; what a flow brings of its own stands under its service.
GROUPS: tuple[tuple[Words, Mapping[str, Words]], ...] = (
    (
        gettext_lazy("Receiving and sorting a case"),
        {
            "INTAKE": gettext_lazy("The first reading by the Women's Union of the commune"),
            "VERIFY": gettext_lazy("Sorting by the city Women's Union"),
            "TRANSFER": gettext_lazy("Finding the office for a case that was passed on several times"),
            "DELIVER": gettext_lazy("Handing the result over"),
            "DIRECT_HELP": gettext_lazy("Direct help by the city Women's Union"),
        },
    ),
    (
        gettext_lazy("Legal advice"),
        {
            "KB_ANSWER": gettext_lazy("An answer from the published answers"),
            "LEGAL_GENERAL": gettext_lazy("The answer to a general question of a small or medium enterprise"),
            "LEGAL_COMPLEX": gettext_lazy("The answer to a complex question of a small or medium enterprise"),
            "LEGAL_NONSME": gettext_lazy("The answer to a household, a co-operative or a woman on her own"),
            "CONSULT": gettext_lazy("The opinion of an office that is asked as well"),
            "APPROVE": gettext_lazy("Approving an answer"),
            "REDRAFT": gettext_lazy("Writing an answer anew"),
            "APPROVE_REFUSAL": gettext_lazy("Approving that it cannot be supported"),
            "REFER": gettext_lazy("Finding a legal adviser"),
            "ADVISER_ACCEPT": gettext_lazy("The adviser's word whether he takes it"),
            "EXT_ADVICE": gettext_lazy("The advice by a legal adviser"),
            "LEGAL_PUBLISH": gettext_lazy("Publishing an answer"),
        },
    ),
    (
        gettext_lazy("Support with an adviser's fee"),
        {
            "LEGAL_COST_DECISION": gettext_lazy("The decision on support with the fee"),
            "COST_APPROVE": gettext_lazy("Approving the amount"),
            "LEGAL_COST_PAY": gettext_lazy("Paying the support with the fee"),
        },
    ),
    (
        gettext_lazy("Enterprises, households, co-operatives"),
        {
            "CONV_GUIDE": gettext_lazy("Guiding a household business on its way to an enterprise"),
            "HOUSEHOLD_AGE": gettext_lazy(
                "How long a household business must have run to get what converted enterprises get"
            ),
            "ERC": gettext_lazy("Registering an enterprise"),
            "HH_CLOSE_NOTICE": gettext_lazy("Notice that a household business closes"),
            "HH_CLOSE": gettext_lazy("Closing a household business"),
            "COOP_REG": gettext_lazy("Registering a co-operative"),
            "THT_REG": gettext_lazy("Registering a co-operative group"),
            "THT_FILE": gettext_lazy("Filing for a co-operative group after signing"),
            "SME_SUPPORT": gettext_lazy("The decision on support for a small or medium enterprise"),
        },
    ),
    (
        gettext_lazy("Loans, mentors, suggestions"),
        {
            "BANK_UPDATE": gettext_lazy("News of a lender"),
            "VBSP_APPRAISE": gettext_lazy("Appraising a job-creation loan, the old rule"),
            "VBSP_JOB": gettext_lazy("The answer about a job-creation loan"),
            "MENTOR_ACCEPT": gettext_lazy("A mentor's answer"),
            "FEEDBACK": gettext_lazy("The answer to a suggestion"),
        },
    ),
    (
        gettext_lazy("Questions back to her, promises, second looks"),
        {
            "SUPP_ANSWER": gettext_lazy("Her answer to a question of ours"),
            "SUPP_REMIND": gettext_lazy("After so long she is reminded of a question"),
            "SUPP_REMIND_LAST": gettext_lazy("So long before it is too late she is reminded again"),
            "APOLOGY_LEAD": gettext_lazy("So long before a promised day passes we say sorry"),
            "APOLOGY_EXTENSION": gettext_lazy("To how much later a promise is put off"),
            "REVIEW_ASK": gettext_lazy("Her time to ask for a second look"),
            "REVIEW_ANSWER": gettext_lazy("The answer to a second look"),
            "FOLLOWUP_3": gettext_lazy("Asking after 3 months how it goes"),
            "FOLLOWUP_6": gettext_lazy("Asking after 6 months how it goes"),
            "FOLLOWUP_12": gettext_lazy("Asking after 12 months how it goes"),
            "FOLLOWUP_24": gettext_lazy("Asking after 2 years how it goes"),
            "FOLLOWUP_36": gettext_lazy("Asking after 3 years how it goes"),
        },
    ),
    (
        gettext_lazy("Complaints, for information"),
        {
            "COMPLAINT_FILE": gettext_lazy("The time to complain"),
            "COMPLAINT_ACCEPT": gettext_lazy("Word that a complaint was taken up"),
            "COMPLAINT_FIRST": gettext_lazy("The first decision on a complaint"),
            "COMPLAINT_FIRST_COMPLEX": gettext_lazy("The first decision on a complex complaint"),
            "COMPLAINT_AGAIN": gettext_lazy("The time for a second complaint"),
            "COMPLAINT_SECOND": gettext_lazy("The second decision on a complaint"),
            "COMPLAINT_SECOND_COMPLEX": gettext_lazy("The second decision on a complex complaint"),
        },
    ),
    *(
        (SERVICES[flow.about.service].title, {target.code: target.words for target in flow.about.targets})
        for flow in FLOWS.values()
        if flow.about.targets
    ),
)
NAMES: Mapping[str, Words] = {code: words for _title, codes in GROUPS for code, words in codes.items()}


@dataclass
class Line:
    """One rule: the version that holds today, what comes, what is proposed, what is over."""

    code: str
    name: Words
    today: DeadlineRule | None = None
    coming: list[DeadlineRule] = field(default_factory=list)
    proposed: list[DeadlineRule] = field(default_factory=list)
    over: list[DeadlineRule] = field(default_factory=list)

    @property
    def versions(self) -> Iterator[tuple[DeadlineRule, str | Promise, str]]:
        """Yield each version with its tag: what holds today first, what is over last."""
        if self.today is not None:
            yield self.today, _("Holds today"), "jade"
        for rule in self.coming:
            yield rule, _("Comes"), "sky"
        for rule in self.proposed:
            yield rule, _("Waits for approval"), "amber"
        for rule in self.over:
            yield rule, _("Over"), ""

    def on(self, day: date) -> DeadlineRule | None:
        """Return the version that holds on a day as things are; None where none does."""
        held = [rule for rule in (*self.over, *filter(None, [self.today]), *self.coming) if rule.valid_from <= day]
        newest = max(held, key=lambda rule: rule.valid_from, default=None)
        return newest if newest is not None and (newest.valid_to is None or newest.valid_to >= day) else None

    @property
    def basis(self) -> DeadlineRule:
        """The version from which a new one is written: the one that holds, or the nearest to it."""
        return self.today or [*self.over, *self.coming, *self.proposed][0]


@dataclass(frozen=True)
class Group:
    """The rules of one kind of work."""

    title: Words
    lines: tuple[Line, ...]


def name_of_rule(code: str) -> Words:
    """Return what a rule is for; of one that nobody described, its code."""
    return NAMES.get(code, code)


def proposed_by_others(user: User) -> int:
    """Return how many versions wait for an administrator other than whoever proposed them. One query."""
    waiting = DeadlineRule.objects.filter(proposed_by__isnull=False, approved_at=None)
    return waiting.exclude(proposed_by=user).count()


def listed(*, today: date) -> list[Group]:
    """Return every rule by what it is for. One query."""
    lines = {line.code: line for line in _lines(today)}
    groups = [Group(title, tuple(lines.pop(code) for code in codes if code in lines)) for title, codes in GROUPS]
    rest = Group(_("Others"), tuple(lines.values()))
    return [group for group in (*groups, rest) if group.lines]


def line_of(code: str, *, today: date) -> Line | None:
    """Return one rule with its versions; None where there is none of this code."""
    return next(_lines(today, code=code), None)


def _lines(today: date, **chosen: str) -> Iterator[Line]:
    found: dict[str, Line] = {}
    people = ("proposed_by", "approved_by", "verified_by")
    for rule in DeadlineRule.objects.filter(**chosen).select_related(*people).order_by("code", "valid_from"):
        line = found.setdefault(rule.code, Line(rule.code, name_of_rule(rule.code)))
        if not rule.holds:
            line.proposed.append(rule)
        elif rule.valid_from > today:
            line.coming.append(rule)
        else:
            # In their order, as the rulebook itself looks: the newest that has begun and has not ended holds.
            if line.today is not None:
                line.over.insert(0, line.today)
            line.today = rule
    for line in found.values():
        if line.today is not None and line.today.valid_to is not None and line.today.valid_to < today:
            line.over.insert(0, line.today)
            line.today = None
    yield from found.values()


def term_of(rule: DeadlineRule) -> str:
    """Return how long a rule gives, in the days that count; in plain words where it has no number."""
    if rule.days is None:
        return _("no number yet: no day is promised")
    calendar = rule.unit == DeadlineRule.Unit.CALENDAR
    return (_("calendar days: %(days)s") if calendar else _("working days: %(days)s")) % {"days": rule.days}


def counted_of(rule: DeadlineRule) -> str:
    """Return from when a rule counts and whether it stands still; empty where it has no number."""
    if rule.days is None:
        return ""
    start = _("counted from: %(start)s") % {"start": rule.get_clock_start_display()}
    return f"{start}; {_('stands still while we wait for her')}" if rule.pauses else start


def source_of(rule: DeadlineRule) -> str:
    """Return on whose word a rule stands, and how sure that is; a target of ours is its own source."""
    status = str(rule.get_source_status_display())
    if rule.source_status == DeadlineRule.SourceStatus.ASSUMED or not rule.legal_source:
        return status
    return f"{rule.legal_source} · {status}"


def rule_line(item: WorkItem, case: Case, book: Rulebook) -> str:
    """Return in one line by what rule a work item is due: what for, how long, on whose word, how sure."""
    rule = book.rule_of(item.rule, case)
    if rule is None:
        return f"{name_of_rule(item.rule)}: {_('no rule; a day of ours stands instead')}"
    return f"{name_of_rule(rule.code)}: {term_of(rule)} · {source_of(rule)}"
