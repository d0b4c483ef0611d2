"""The boxes in which whoever handles a case writes to her, and to colleagues."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.services.fields import TextField


class _Box(forms.Form):
    """One box of words; two of them stand on one page, so each has ids of its own."""

    use_required_attribute = False
    ids = ""

    def __init__(self, posted: Any = None) -> None:
        super().__init__(posted, auto_id=f"{self.ids}-%s")


def _words(label: Any) -> TextField:
    return TextField(
        label=label,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write something first.")},
    )


class ToHerForm(_Box):
    """Words to her, beside the conclusion."""

    ids = "to-her"
    words = _words(_("Write to her; the due date goes on"))


class NoteForm(_Box):
    """Words to colleagues, which she never reads."""

    ids = "note"
    words = _words(_("A note for colleagues"))
