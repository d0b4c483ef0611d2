"""What the administrators of the reference tables do: deadline rules by two of them, and the calendar.

They read no case. All of them act one after another, under one lock; every process reads the tables again at its
next step. Who did what and when stands in the rows; what was removed again, in the log.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import User
from cases.models.agency import ReferenceVersion
from cases.policy import NotFoundForYou, WrongState
from workflows.models import AnnouncedYear, CalendarDay, DeadlineRule

log = logging.getLogger("dong_hanh.rules")
_ONE_DAY = timedelta(days=1)


class SameDay(WrongState):
    """Another version of the rule begins on the same day."""


class NoSource(WrongState):
    """A rule that was read at its source does not name it."""


class NoReason(WrongState):
    """Somebody else's proposal is declined without a word."""


@dataclass(frozen=True)
class Wording:
    """What a new version of a deadline rule says. Without days nothing is promised by it."""

    days: int | None
    unit: str
    clock_start: str
    pauses: bool
    legal_source: str
    source_status: str
    valid_from: date


def propose_rule(code: str, *, by: User, wording: Wording, at: datetime) -> DeadlineRule:
    """Return a new version of a rule, which holds once another administrator has approved it.

    Its first day is to come, so that no case changes the rule it is counted by. The same form sent twice acts once.
    """
    today = timezone.localdate(at)
    verified = wording.source_status == DeadlineRule.SourceStatus.VERIFIED
    with one_after_another(by):
        versions = list(DeadlineRule.objects.filter(code=code))
        if not versions:
            raise NotFoundForYou
        if wording.valid_from <= today:
            raise WrongState(_("A new version begins tomorrow at the earliest."))
        if verified and not wording.legal_source:
            raise NoSource(_("Name the text and the article that was read."))
        proposed = DeadlineRule(
            code=code,
            **asdict(wording),
            proposed_by=by,
            verified_by=by if verified else None,
            verified_on=today if verified else None,
        )
        same_day = next((rule for rule in versions if rule.valid_from == wording.valid_from), None)
        if same_day is not None:
            if same_day.proposed_by_id == by.pk and not same_day.approved_by_id and _says(same_day) == wording:
                return same_day
            raise SameDay(_("There is already a version that begins on this day. Choose another day."))
        proposed.save(force_insert=True)
        log.info("Rule %s from %s (row %s) was proposed by person %s.", code, wording.valid_from, proposed.pk, by.pk)
    return proposed


def approve_rule(proposed: int, *, by: User, at: datetime) -> DeadlineRule:
    """Let a proposed version hold from its first day on; the version before it ends on the day before.

    Raises NotFoundForYou for whoever proposed it, WrongState when it is gone, approved, or its first day has come.
    """
    with one_after_another(by):
        rule = _proposal(proposed)
        if rule.approved_by_id == by.pk:
            return rule
        _require_undecided(rule)
        if rule.proposed_by_id == by.pk:
            raise NotFoundForYou
        if rule.valid_from <= timezone.localdate(at):
            # Cases accepted since then are counted by the version before; they keep it.
            raise WrongState(_("Its first day has come before anybody approved it. Propose it again from a later day."))
        others = [other for other in DeadlineRule.objects.filter(code=rule.code) if other.holds]
        earlier = [other for other in others if other.valid_from < rule.valid_from]
        later = [other for other in others if other.valid_from > rule.valid_from]
        for before in earlier:
            if before.valid_to is None or before.valid_to >= rule.valid_from:
                before.valid_to = rule.valid_from - _ONE_DAY
                before.save(update_fields=["valid_to"])
        rule.valid_to = min((other.valid_from - _ONE_DAY for other in later), default=None)
        rule.approved_by, rule.approved_at = by, at
        rule.save(update_fields=["valid_to", "approved_by", "approved_at"])
        log.info("Rule %s from %s (row %s) was approved by person %s.", rule.code, rule.valid_from, rule.pk, by.pk)
    return rule


def decline_rule(proposed: int, *, by: User, words: str = "") -> str:
    """Remove a proposed version, one's own too, before it is approved; return the code of its rule.

    Another's is declined for a reason, which the log keeps: the row itself goes.
    """
    with one_after_another(by):
        rule = _proposal(proposed)
        _require_undecided(rule)
        if rule.proposed_by_id != by.pk and not words.strip():
            raise NoReason(_("Write why it is not approved, in a sentence."))
        log.info(
            "Rule %s from %s (row %s), proposed by person %s, was declined by person %s: %s",
            *(rule.code, rule.valid_from, rule.pk, rule.proposed_by_id, by.pk, " ".join(words.split()) or "-"),
        )
        rule.delete()
    return rule.code


def undecided(proposed: int) -> DeadlineRule:
    """Return a proposed version that nobody has decided about; raises WrongState when it is gone or approved."""
    rule = _proposal(proposed)
    _require_undecided(rule)
    return rule


def enter_day(day: date, *, by: User, kind: str, name: str, source: str) -> CalendarDay:
    """Enter how a day differs from every week, or that it does not, over what was computed or entered before.

    It counts for steps from now on; days already given stay.
    """
    with one_after_another(by):
        entered = CalendarDay(date=day, kind=kind, name=name, source=source, entered_by=by)
        entered.save()
        log.info("The day %s was entered as %s by person %s.", day, kind, by.pk)
    return entered


def take_back_day(day: date, *, by: User) -> None:
    """Take an entry of one's own back: the day is again as it was computed, or as every week."""
    with one_after_another(by):
        entered = CalendarDay.objects.filter(date=day).first()
        if entered is None or entered.entered_by_id is None:
            raise WrongState(_("Nothing is entered for this day any more."))
        if entered.entered_by_id != by.pk:
            raise NotFoundForYou
        entered.delete()
        computed: CalendarDay | None = import_string(settings.COMPUTED_CALENDAR)(day)
        if computed is not None:
            computed.save(force_insert=True)
        log.info("The entry for %s was taken back by person %s.", day, by.pk)


def announce_year(year: int, *, by: User, source: str) -> AnnouncedYear:
    """Note that the government has announced the holidays of a year, so that nobody is warned of it any more."""
    with one_after_another(by):
        known = AnnouncedYear.objects.select_related("entered_by").filter(year=year).first()
        if known is not None:
            if (known.entered_by_id, known.source) == (by.pk, source):
                return known
            raise WrongState(_("The calendar of this year is already noted as announced."))
        announced = AnnouncedYear(year=year, source=source, entered_by=by)
        announced.save(force_insert=True)
        log.info("The year %s was noted as announced by person %s.", year, by.pk)
    return announced


@contextmanager
def one_after_another(by: User) -> Iterator[None]:
    """Open the transaction of an administrator's act; whoever waits here sees what the one before did."""
    if not policy.keeps_the_rules(by):
        raise NotFoundForYou
    with transaction.atomic():
        list(ReferenceVersion.objects.select_for_update().filter(pk=1))
        yield


def _proposal(pk: int) -> DeadlineRule:
    """Return a version that somebody proposed, approved or not; raises WrongState when it is gone."""
    rules = DeadlineRule.objects.select_related("proposed_by", "approved_by").filter(proposed_by__isnull=False)
    rule = rules.filter(pk=pk).first()
    if rule is None:
        raise WrongState(_("This proposal is no longer there: it was declined or taken back."))
    return rule


def _require_undecided(rule: DeadlineRule) -> None:
    if rule.approved_at is not None:
        when = timezone.localtime(rule.approved_at)
        raise WrongState(
            _("%(who)s already approved this version at %(time)s.")
            % {"who": rule.approved_by, "time": f"{when:%H:%M %d/%m/%Y}"}
        )


def _says(rule: DeadlineRule) -> Wording:
    return Wording(**{name: getattr(rule, name) for name in Wording.__dataclass_fields__})
