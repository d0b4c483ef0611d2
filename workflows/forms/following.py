"""The form in which she, or an officer for her, says how it goes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.services.base import FollowUps, Words
from cases.services.fields import OneOfField, TextField

MOST = 2000


class FollowUpForm(forms.Form):
    """One answer of the service's list, and words if there are any."""

    use_required_attribute = False
    answer = OneOfField(label="", choices=())
    words = TextField(required=False, most=MOST, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, posted: Any = None, *, asks: FollowUps, words_label: Words) -> None:
        super().__init__(posted, label_suffix="")
        answer = self.fields["answer"]
        assert isinstance(answer, OneOfField)
        answer.label, answer.choices = asks.question, [(each.code, each.label) for each in asks.answers]
        self.fields["words"].label = words_label


class HerFollowUpForm(FollowUpForm):
    """What she says herself."""

    def __init__(self, posted: Any = None, *, asks: FollowUps) -> None:
        super().__init__(posted, asks=asks, words_label=_("In your own words, if you like"))


class OfficersFollowUpForm(FollowUpForm):
    """What an officer writes down while she speaks."""

    def __init__(self, posted: Any = None, *, asks: FollowUps) -> None:
        super().__init__(posted, asks=asks, words_label=_("What she said, in her words"))
