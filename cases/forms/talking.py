"""The box in which she writes to the office that has her case."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.services.fields import TextField


class WordsForm(forms.Form):
    """Her words, as short as she likes."""

    use_required_attribute = False
    words = TextField(
        label=_("Write to the office"),
        most=2000,
        error_messages={"required": _("Write what you want to say or ask.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
