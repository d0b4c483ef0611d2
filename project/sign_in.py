"""Signing in by a phone number and a code: one entrance for applicants and staff."""

import logging
import secrets
from datetime import timedelta
from math import ceil
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.forms import ConfirmLoginCodeForm
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.core import context
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import User
from cases.models.people import normal_phone
from cases.policy import READING_ROLES, keeps_the_rules, standing
from cases.services.fields import PhoneField
from cases.views.filing import WISH

logger = logging.getLogger("dong_hanh")

# How long after one code the next may be asked for.
SECONDS_BETWEEN_CODES = 60
# Under this name the demonstration keeps the code, so that the page can show it.
DEMO_CODE = "demo_code"


def landing(user: User | AnonymousUser) -> str:
    """Return the first page after signing in: hers, the worklist, a supervisor's overview, an administrator's rules."""
    roles = {role for _agency, role in standing(user)}
    if not roles:
        return reverse("workflows:rules" if keeps_the_rules(user) else "cases:mine")
    if roles <= set(READING_ROLES):
        return reverse("workflows:overview")
    return reverse("workflows:worklist")


class PhoneAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Tells allauth how we keep phones and send codes."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("This code does not match. Look at the newest message and type its 6 digits."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then ask for a new code."),
        "rate_limited": _("A code was sent a moment ago. Wait one minute, then ask again."),
    }

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where a person who just signed in goes, if nobody sent her elsewhere."""
        return landing(request.user)

    def clean_phone(self, phone: str) -> str:
        """Return the phone as +84…, from however she typed it."""
        return normal_phone(phone)

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        """Return the box for a phone number."""
        kwargs.pop("label", None)
        return PhoneField(
            label=_("Your phone number"),
            help_text=_("We send a code of 6 digits to it. No password."),
            **kwargs,
        )

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        """Give a person this phone."""
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """Return the phone of a person and whether it was verified."""
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Remember that she holds the phone."""
        user.phone_verified = True
        user.save(update_fields=["phone_verified"])

    def get_user_by_phone(self, phone: str) -> User | None:
        """Return the person of this phone."""
        return User.objects.filter(phone=phone).first()

    def generate_phone_verification_code(self, *, user: User, phone: str) -> str:
        """Return six digits."""
        return f"{secrets.randbelow(10**6):06d}"

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        """Send the code; the demonstration has no telephone and shows it on the page instead."""
        if settings.IS_DEMO:
            logger.info("Code for %s: %s", phone, code)
            context.request.session[DEMO_CODE] = code
        else:
            logger.error("No SMS gateway is connected: the sign-in code could not be sent.")

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Send nothing here: `send_to_newcomer` sends the code."""

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Send nothing: there is no separate sign-up."""


class CodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]
    """Asks for the code."""

    code = forms.CharField(
        label=_("The code of 6 digits"),
        error_messages={"required": _("Type the 6 digits from the message.")},
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "govuk-input--width-5"}
        ),
    )

    def clean_code(self) -> str:
        """Compare the digits; spaces and dots do no harm."""
        self.cleaned_data["code"] = "".join(sign for sign in self.cleaned_data["code"] if sign.isdigit())
        return str(super().clean_code())


class Enter(RequestLoginCodeView):  # type: ignore[misc]
    """The one entrance. It opens again while a code is out, so that a mistyped number can be mended."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Stay here; the next number takes the place of the last."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Send a code, to a new phone as to a known one."""
        response: HttpResponse = super().form_valid(form)
        process = LoginCodeVerificationProcess.resume(get_pending_stage(self.request))
        if process.user is None:
            send_to_newcomer(process)
        remember_sending(process)
        # The page before she starts reads it: her draft begins because she pressed the button, not by an address.
        self.request.session[WISH] = self.get_next_url() or ""
        return response


class Confirm(ConfirmLoginCodeView):  # type: ignore[misc]
    """Takes the code. Whoever is new becomes known here, once she showed that the phone is hers."""

    def _verify_form_valid(self, form: Any) -> HttpResponse:
        state = self._process.state
        if self._process.user is None:
            newcomer, _new = User.objects.get_or_create(
                phone=state["phone"], defaults={"password": make_password(None)}
            )
            state["user_id"] = str(newcomer.pk)
        response: HttpResponse = super()._verify_form_valid(form)
        return response

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        again = HttpResponseRedirect(self.passthrough_next_url(reverse("account_confirm_login_code")))
        if seconds_to_wait(self._process):
            messages.warning(self.request, PhoneAdapter.error_messages["rate_limited"])
            return again
        if self._process.user is not None:
            self._process.resend()
        else:
            self._process.record_resend()
            send_to_newcomer(self._process)
        remember_sending(self._process)
        messages.success(self.request, _("A new code is on its way."))
        return again

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say from when a new code can be asked for."""
        wait = seconds_to_wait(self._process)
        words: dict[str, Any] = super().get_context_data(**kwargs)
        return {**words, "wait": wait, "open_from": timezone.now() + timedelta(seconds=wait)}


def remember_sending(process: LoginCodeVerificationProcess) -> None:
    """Note when the code was sent."""
    process.state["sent_at"] = timezone.now().timestamp()
    process.persist()


def seconds_to_wait(process: LoginCodeVerificationProcess) -> int:
    """Return in how many seconds the next code may be sent."""
    passed = timezone.now().timestamp() - float(process.state.get("sent_at", 0))
    return max(0, ceil(SECONDS_BETWEEN_CODES - passed))


def send_to_newcomer(process: LoginCodeVerificationProcess) -> None:
    """Send a code to a phone that nobody has yet: allauth sends codes to people only."""
    adapter, phone = get_adapter(), process.state["phone"]
    newcomer = User(phone=phone)
    code = process.state["code"] = adapter.generate_phone_verification_code(user=newcomer, phone=phone)
    adapter.send_verification_code_sms(user=newcomer, phone=phone, code=code)
    process.persist()


enter = Enter.as_view()
confirm = Confirm.as_view()
