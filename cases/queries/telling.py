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

    @property
    def sentence(self) -> str:
        """What happened, and by whom."""
        return str(self.words) % {"office": self.office}

    @property
    def rest(self) -> str:
        """Until when, about which case, and whom to ask."""
        asked = _("Case %(code)s. Questions: %(phone)s.") % {"code": self.code, "phone": settings.HELP_PHONE}
        if self.promised_on is None:
            return asked
        day = date_format(self.promised_on, "d/m/Y")
        return " ".join((_("You get an answer by %(day)s at the latest.") % {"day": day}, asked))

    def __str__(self) -> str:
        return f"{self.sentence} {self.rest}"


def telling(case: Case, key: str, *, agency: Agency | None, promised_on: date | None) -> Telling | None:
    """Return what she is told of a conclusion (`step.verdict`) by this office; None where she is told nothing."""
    words = service_of(case).told.get(key, "")
    return Telling(words, str(agency or ""), case.code or "", promised_on) if words else None
