"""What every support service says alike: its first and last stage, what she always allows, why it may not fit."""

from django.utils.translation import gettext_lazy as _

from cases.services.base import ConsentText, Reason, Stage
from cases.services.common import gave_priority_reason

READING = Stage(
    "reading",
    _("The Women's Union of your commune reads and receives"),
    _("The Women's Union of your commune is reading your case"),
    _("First reading"),
    doing_by=_("%(office)s is reading your case"),
)
DELIVERING = Stage(
    "delivering",
    _("The result is handed to you"),
    _("There is a result. The city Women's Union is handing it to you"),
    _("Deliver the result"),
)
HANDLE = ConsentText(
    "handle",
    "HPN",
    _("I allow the Women's Union of my commune and of the city to read and handle this case."),
)
SENSITIVE = ConsentText(
    "sensitive",
    "HPN",
    _("I allow the officer who receives the case to read why I ask for priority. Nobody else."),
    asked_when=gave_priority_reason,
)
OUT_OF_SCOPE = Reason(
    "OUT_OF_SCOPE",
    _("The matter is outside what this support covers"),
    _("Call us: we tell you which office handles it and how to ask there."),
)
