"""What she is told of a conclusion: one source for what is previewed and for what she reads."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.models import Agency, Case
from cases.services import service_of


@dataclass(frozen=True)
class Telling:
    """One message to her, in the language in which it is read."""

    words: str | Promise
    office: str
    code: str
    # By when she hears more, while her case is open and a day is promised.
    promised_on: date | None
    # What is hers to do from now on, and by when; empty while nothing is.
    her_turn: str = ""

    @property
    def sentence(self) -> str:
        """What happened, and by whom."""
        return str(self.words) % {"office": self.office} if self.words else self.her_turn

    @property
    def rest(self) -> str:
        """Until when, about which case, and whom to ask."""
        asked = _("Case %(code)s. Questions: %(phone)s.") % {"code": self.code, "phone": settings.HELP_PHONE}
        if self.her_turn:
            # Until she has done it, no day is ours to keep.
            return " ".join([*([self.her_turn] if self.words else []), asked])
        if self.promised_on is None:
            return asked
        day = date_format(self.promised_on, "d/m/Y")
        return " ".join((_("You get an answer by %(day)s at the latest.") % {"day": day}, asked))

    def __str__(self) -> str:
        return f"{self.sentence} {self.rest}"


def telling(
    case: Case, key: str, *, agency: Agency | None, promised_on: date | None, her_turn: str = ""
) -> Telling | None:
    """Return what she is told of a conclusion (`step.verdict`) by this office; None where she is told nothing.

    That it is her turn now she is told in any case.
    """
    words = service_of(case).told.get(key, "")
    return Telling(words, str(agency or ""), case.code or "", promised_on, her_turn) if words or her_turn else None


def her_turn(case: Case, node: str, until: date) -> str:
    """Return the sentence that a step of hers has opened, to be done by a day."""
    step = service_of(case).her_steps.get(node)
    day = date_format(until, "d/m/Y")
    if step is None:
        return _("It is your turn now. Please do it by %(day)s.") % {"day": day}
    return _("It is your turn now: %(step)s Please do it by %(day)s.") % {"step": as_sentence(step.title), "day": day}


def as_sentence(title: str | Promise) -> str:
    """Return the title of a page as it stands inside a message: ended, unless it is a question."""
    words = str(title)
    return words if words.endswith(("?", ".", "!")) else f"{words}."
