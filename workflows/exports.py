"""One case's story as a file: the control slip (M06) as PDF, the same as CSV and as JSON.

What leaves the house carries facts and times, no words that anybody wrote.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.exports import Cell, as_csv
from cases.models import Case
from cases.printing import as_pdf
from cases.queries.naming import name_of, place_of
from cases.queries.shares import to_the_second
from cases.services import service_of
from workflows.queries.held import Share
from workflows.queries.story import Day, Line, Story

HEAD: tuple[str | Promise, ...] = (
    gettext_lazy("Number"),
    gettext_lazy("When"),
    gettext_lazy("What happened"),
    gettext_lazy("Who"),
    gettext_lazy("Office"),
    gettext_lazy("Check of the record"),
    gettext_lazy("Held the case (calendar days, h:min:s)"),
    gettext_lazy("Held the case (seconds)"),
)


def story_as_csv(case: Case, story: Story) -> Iterator[bytes]:
    """Yield the lines of a story as CSV, the oldest first; then who held the case how long, which sums to its age."""
    return as_csv(HEAD, chain((_cells(line) for line in reversed(story.lines)), _held_cells(story)))


def _cells(line: Line | Day) -> Sequence[Cell]:
    if isinstance(line, Day):
        return (None, line.at, line.words, line.person, "", "", "", None)
    intact = _("unchanged") if line.intact else _("CHANGED")
    return (line.event.position, line.at, line.words, line.person, line.office, intact, "", None)


def _held_cells(story: Story) -> Iterator[Sequence[Cell]]:
    for holder, seconds in story.held.by_holder.items():
        yield (None, None, _("Held the case"), holder.name, "", "", to_the_second(seconds), seconds)
    yield (None, None, _("Age of the case"), "", "", "", story.held.exact, story.held.seconds)


def story_as_json(case: Case, story: Story) -> bytes:
    """Return a story as JSON, for another program."""
    told = {
        "code": case.code,
        "name": name_of(case),
        "service": case.service,
        "state": case.state,
        "submitted_at": case.submitted_at,
        "promised_on": case.promised_on,
        "ended_at": case.ended_at,
        "record": {
            "intact": story.verification.intact,
            "lines": story.verification.events,
            "changed": story.verification.bad_positions,
            "checked_at": story.verification.checked_at,
        },
        "lines": [
            {
                "position": line.event.position,
                "at": line.at,
                "verb": line.event.verb,
                "words": line.words,
                "who": line.person,
                "office": line.office,
                "intact": line.intact,
            }
            for line in reversed(story.lines)
            if isinstance(line, Line)
        ],
        "days_off": [{"on": timezone.localdate(day.at), "until": day.until} for day in story.holidays],
        "held": [
            {"who": share.holder.name, "late": share.late, "working_days": share.days, "seconds": share.seconds}
            for share in story.held.shares
        ],
        "age_seconds": story.held.seconds,
    }
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def story_as_pdf(case: Case, story: Story, *, at: datetime) -> bytes:
    """Return the control slip of a case (M06)."""
    return as_pdf("timeline.typ", slip(case, story, at=at))


def slip(case: Case, story: Story, *, at: datetime) -> dict[str, Any]:
    """Return what stands on the control slip."""
    checked, now = timezone.localtime(story.verification.checked_at), timezone.localtime(at)
    found = {"count": story.verification.events, "time": f"{checked:%H:%M}", "day": f"{checked:%d/%m/%Y}"}
    intact = story.verification.intact
    return {
        "title": str(settings.SLIP_TITLES["M06"]),
        "issuer": str(case.desk or ""),
        "name": name_of(case),
        "about": " · ".join([place_of(case), str(service_of(case).title), case.code or "", case.get_state_display()]),
        "promise": _promise(case, story),
        "intact": intact,
        "verdict": _("The record is whole") if intact else _("A line was changed"),
        "checked": (
            _("Every line matches what was written (%(count)s in all), checked at %(time)s on %(day)s.")
            if intact
            else _("Not every line matches what was written (%(count)s in all), checked at %(time)s on %(day)s.")
        )
        % found,
        "changed": _("This line was changed."),
        "held_title": _("Who held the case, and how long (working days: %(days)s)") % {"days": story.held.days},
        "held_head": [_("Who"), _("To the second, days off included"), _("Working days")],
        "held": [
            *([_held_by(share), share.exact, str(share.days)] for share in story.held.shares),
            [_("Total: the age of the case"), story.held.exact, str(story.held.days)],
        ],
        "lines_title": _("What happened"),
        "lines_head": [_("When"), _("What happened"), _("Who")],
        "lines": [_line(line) for line in reversed(story.lines)],
        "printed": _("Printed at %(time)s, %(day)s") % {"time": f"{now:%H:%M}", "day": f"{now:%d/%m/%Y}"},
    }


def _promise(case: Case, story: Story) -> str:
    """Return what she was promised and how late the open step is, as it stands at the head of the page."""
    if not case.is_undecided or case.promised_on is None:
        return ""
    promised = _("Promised %(day)s") % {"day": f"{case.promised_on:%d/%m/%Y}"}
    return " · ".join([promised, *(now.tag.words for now in story.now[:1])])


def _held_by(share: Share) -> str:
    return f"{share.holder.name}, {_('late')}" if share.late else share.holder.name


def _line(line: Line | Day) -> dict[str, Any]:
    at = timezone.localtime(line.at)
    if isinstance(line, Line):
        return {"at": f"{at:%d/%m/%Y %H:%M}", "words": line.words, "who": line.who, "intact": line.intact}
    return {"at": f"{at:%d/%m/%Y}", "words": line.words, "who": str(line.person), "intact": True}
