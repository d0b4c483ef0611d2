"""The pages of the administrators of the reference tables: deadline rules and the calendar. No case stands here."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import policy
from cases.models import User
from cases.queries.paging import read_number
from cases.views.own import reader
from workflows.actions import rules as actions
from workflows.forms.rules import AnnouncedForm, DayForm, DeclineRuleForm, RuleForm
from workflows.models import CalendarDay, DeadlineRule
from workflows.queries.rulebook import calendar_warning
from workflows.queries.rules import line_of, listed, name_of_rule
from workflows.queries.yearly import not_announced, year_of


def administrator(request: HttpRequest) -> User:
    """Return the reader, who keeps the reference tables; to everybody else there is nothing."""
    user = reader(request)
    if not policy.keeps_the_rules(user):
        raise policy.NotFoundForYou
    return user


# --- deadline rules -------------------------------------------------------------------------------------------


@login_required
def rules(request: HttpRequest) -> HttpResponse:
    """List every deadline rule: what holds today, what comes, what waits for a second administrator."""
    user, today = administrator(request), timezone.localdate()
    groups = listed(today=today)
    waiting = [(line, rule) for group in groups for line in group.lines for rule in line.proposed]
    words = {"place": "rules", "groups": groups, "waiting": waiting, "today": today, "me": user}
    return render(request, "workflows/rules.html", words)


@login_required
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Write a new version of a rule; it waits for another administrator."""
    user, now = administrator(request), timezone.now()
    line = line_of(code, today=timezone.localdate(now))
    if line is None:
        raise policy.NotFoundForYou
    form = RuleForm(request.POST if request.method == "POST" else None, basis=line.basis, today=timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose_rule(code, by=user, wording=form.wording(), at=now)
        except actions.SameDay as taken:
            form.add_error("valid_from", str(taken.message))
        else:
            messages.success(request, _("The new version was proposed. Another administrator must approve it."))
            return redirect("workflows:rules")
    notes = [_("It holds only once another administrator has approved it.")]
    title = _("Propose a new version: %(rule)s") % {"rule": line.name}
    return _form_page(request, form, place="rules", title=title, button=_("Propose this version"), notes=notes)


@login_required
def approve(request: HttpRequest, rule: int) -> HttpResponse:
    """Show what a proposed version changes, and let it hold from its first day on."""
    if request.method != "POST":
        return _weigh(request, rule, DeclineRuleForm())
    approved = actions.approve_rule(rule, by=administrator(request), at=timezone.now())
    given = {"rule": name_of_rule(approved.code), "day": date_format(approved.valid_from, "d/m/Y")}
    messages.success(request, _("Approved: %(rule)s, from %(day)s.") % given)
    return redirect("workflows:rules")


@login_required
@require_POST
def decline(request: HttpRequest, rule: int) -> HttpResponse:
    """Remove a proposed version; another's for a reason."""
    user, form = administrator(request), DeclineRuleForm(request.POST)
    own = DeadlineRule.objects.filter(pk=rule, proposed_by=user).exists()
    if not own and not form.is_valid():
        return _weigh(request, rule, form)
    code = actions.decline_rule(rule, by=user, words=str(form.data.get("words", "")))
    messages.success(request, _("The proposal was removed: %(rule)s.") % {"rule": name_of_rule(code)})
    return redirect("workflows:rules")


def _weigh(request: HttpRequest, proposed: int, form: DeclineRuleForm) -> HttpResponse:
    """Show one proposal: what holds, what would hold, from when and for whom; and both buttons."""
    user, today = administrator(request), timezone.localdate()
    rule = actions.undecided(proposed)
    line = line_of(rule.code, today=today)
    if line is None:
        raise policy.NotFoundForYou
    words = {
        "place": "rules",
        "line": line,
        "rule": rule,
        "before": line.on(rule.valid_from),
        "is_mine": rule.proposed_by_id == user.pk,
        "is_over": rule.valid_from <= today,
        "form": form,
    }
    return render(request, "workflows/rule_approval.html", words)


# --- the calendar ---------------------------------------------------------------------------------------------


@login_required
def calendar(request: HttpRequest) -> HttpResponse:
    """List a year's holidays and worked Saturdays, each with its source."""
    user, today = administrator(request), timezone.localdate()
    chosen = read_number(request.GET.get("nam", ""))
    words = {
        "place": "calendar",
        "year": year_of(today.year if chosen is None else chosen),
        "warning": calendar_warning(today),
        "me": user,
    }
    return render(request, "workflows/calendar.html", words)


@login_required
def enter_day(request: HttpRequest) -> HttpResponse:
    """Enter a day, or change how a day stands."""
    user, today = administrator(request), timezone.localdate()
    form = DayForm(request.POST if request.method == "POST" else None, today=today, initial=_day_asked(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        day = date.fromisoformat(said["day"])
        actions.enter_day(day, by=user, kind=said["kind"], name=said["name"], source=said["source"])
        messages.success(request, _("The day %(day)s was entered.") % {"day": date_format(day, "l, d/m/Y")})
        return redirect(_year_address(day.year))
    return _form_page(
        request, form, place="calendar", title=_("Enter a day"), button=_("Enter the day"), notes=_what_it_changes()
    )


@login_required
@require_POST
def take_back_day(request: HttpRequest, day: str) -> HttpResponse:
    """Take an entry of one's own back."""
    user, which = administrator(request), _read_day(day)
    if which is None:
        raise policy.NotFoundForYou
    actions.take_back_day(which, by=user)
    messages.success(request, _("Your entry for %(day)s was taken back.") % {"day": date_format(which, "l, d/m/Y")})
    return redirect(_year_address(which.year))


@login_required
def announce(request: HttpRequest) -> HttpResponse:
    """Note that the calendar of a year is announced."""
    user, today = administrator(request), timezone.localdate()
    form = AnnouncedForm(
        request.POST if request.method == "POST" else None, years=not_announced(today), first=calendar_warning(today)
    )
    if request.method == "POST" and form.is_valid():
        year = int(form.cleaned_data["year"])
        actions.announce_year(year, by=user, source=form.cleaned_data["source"])
        messages.success(request, _("The calendar of %(year)s is noted as announced.") % {"year": year})
        return redirect(_year_address(year))
    notes = [_("First enter every day that differs from what is computed here; then note the year as announced.")]
    return _form_page(
        request, form, place="calendar", title=_("Note a year as announced"), button=_("Note the year"), notes=notes
    )


def _what_it_changes() -> list[str]:
    return [
        _("It counts for steps that open from now on."),
        _("Due dates already given stay. A promise to her moves only with a recorded reason."),
    ]


def _day_asked(request: HttpRequest) -> dict[str, Any]:
    """Return what stands in the form before it is asked: the day of the address, as it stands now."""
    day = _read_day(request.GET.get("ngay", ""))
    if day is None:
        return {}
    known = CalendarDay.objects.filter(date=day).first()
    return {"day": day.isoformat(), **({"kind": known.kind, "name": known.name} if known else {})}


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _year_address(year: int) -> str:
    return f"{reverse('workflows:calendar')}?nam={year}"


def _form_page(
    request: HttpRequest, form: forms.Form, *, place: str, title: object, button: str, notes: list[str]
) -> HttpResponse:
    words = {"place": place, "form": form, "title": title, "button": button, "notes": notes}
    return render(request, "workflows/rules_form.html", words)
