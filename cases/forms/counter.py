"""Filling in a request for a woman who stands at the counter."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.forms.consents import TickBox
from cases.forms.filing import drafting, drafts_of, start_draft
from cases.models import Agency, Answers, Case, Relation, User
from cases.services import SERVICES
from cases.services.fields import DateField, NameField, OneOfField, PhoneField

# So many days a paper may have lain at a counter; an older one is given a new day with her.
OLDEST_PAPER = 60


class PaperDayForm(forms.Form):
    """On which day her paper reached the counter."""

    use_required_attribute = False

    received_on = DateField(
        label=_("On which day did the office receive her paper, or did she come?"),
        help_text=_("From this day on the time counts. It stands on her receipt."),
        not_after_today=True,
    )

    def clean_received_on(self) -> date:
        """Refuse a day so long ago that it is rather a slip of the pen."""
        day = date.fromisoformat(self.cleaned_data["received_on"])
        if day < timezone.localdate() - timedelta(days=OLDEST_PAPER):
            words = gettext("This is more than %(days)s days ago. Look at the paper again, or call the city office.")
            raise ValidationError(words % {"days": OLDEST_PAPER}, code="old")
        return day

    def save(self, case: Case) -> None:
        """Correct the day of a draft; raises WrongState once it was sent."""
        with drafting(case):
            case.received_on = self.cleaned_data["received_on"]
            case.save(update_fields=["received_on"])


class CounterForm(PaperDayForm):
    """Who stands at the counter, and what she needs."""

    field_order = ("service", "full_name", "phone", "received_on", "present")

    service = OneOfField(label=_("What does she need help with?"), choices=())
    full_name = NameField(label=_("Her full name"), help_text=_("As on her identity card."))
    phone = PhoneField(
        label=_("Her phone number"), help_text=_("With it she can follow the case herself, and answer questions.")
    )
    present = forms.BooleanField(
        widget=TickBox(_("She is here, or handed in her paper here, and asks the office to fill it in for her.")),
        error_messages={"required": _("Only for a woman who asks for it, here or on her paper.")},
    )

    def __init__(self, posted: Any = None, *, officer: User) -> None:
        super().__init__(posted, label_suffix="")
        self.officer = officer
        service = self.fields["service"]
        assert isinstance(service, forms.ChoiceField)
        service.choices = [(each.code, each.title) for each in SERVICES.values()]
        self.initial["received_on"] = timezone.localdate().isoformat()

    def clean_phone(self) -> str:
        """Nobody fills in her own request at the counter: she files it like everybody else."""
        phone: str = self.cleaned_data["phone"]
        if phone == self.officer.phone:
            raise ValidationError(_("This is the phone of the officer. A case of one's own is filed at home."))
        if self.officer.relations.filter(kind=Relation.Kind.PHONE, value=phone).exists():
            raise ValidationError(_("You registered this number as near to you. A colleague fills it in for her."))
        return phone


def begin_at_counter(form: CounterForm, *, counter: Agency, at: datetime) -> Case:
    """Return a draft of hers that the officer fills in: the one begun with a first click, or a new one.

    What she is called elsewhere is not looked up.
    """
    given = form.cleaned_data
    service, known = SERVICES[given["service"]], {"full_name": given["full_name"]}
    with transaction.atomic():
        applicant, _new = User.objects.get_or_create(
            phone=given["phone"], defaults={"full_name": given["full_name"], "password": make_password(None)}
        )
        # Two clicks wait for each other here.
        User.objects.select_for_update(no_key=True).get(pk=applicant.pk)
        for begun in drafts_of(applicant, service, filled_in_by=form.officer, counter=counter):
            if begun.answers.data == known and begun.received_on == given["received_on"]:
                return begun
        case = start_draft(service=service, applicant=applicant, at=at)
        case.filled_in_by, case.counter, case.received_on = form.officer, counter, given["received_on"]
        case.save(update_fields=["filled_in_by", "counter", "received_on"])
        Answers.objects.filter(case=case).update(data=known)
    return case
