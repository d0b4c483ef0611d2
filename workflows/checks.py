"""System checks: every flow is sound, and no released flow was edited."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error

from cases.services import SERVICES
from workflows.flows.registry import FLOWS, graph_for, newest_version, released_fingerprints
from workflows.nodes import CaseFlow
from workflows.proofs import proofs


def flows_are_sound(**_kwargs: Any) -> Sequence[CheckMessage]:
    """Return an error for every problem soundness finds."""
    return [
        Error(f"{service} v{version}: {problem}", id="workflows.E001")
        for (service, version), report in proofs().items()
        for problem in report.problems
    ]


def flows_stand_alone(**_kwargs: Any) -> Sequence[CheckMessage]:
    """Return an error for every flow made from another: viewflow would rewire the parent's own nodes."""
    return [
        Error(
            f"{service} v{version} is made from another flow.",
            hint="Write every version as a class of its own, directly from CaseFlow.",
            id="workflows.E004",
        )
        for (service, version), flow in FLOWS.items()
        if flow.__bases__ != (CaseFlow,)
    ]


def drafts_begin_on_the_newest(**_kwargs: Any) -> Sequence[CheckMessage]:
    """Return an error for every service whose new drafts would run on a flow that is not the newest."""
    return [
        Error(f"{code} begins on v{service.version}, its newest flow is v{newest_version(code)}.", id="workflows.E005")
        for code, service in SERVICES.items()
        if service.version != newest_version(code)
    ]


def released_flows_stay(**_kwargs: Any) -> Sequence[CheckMessage]:
    """Return an error for every released flow whose graph changed, and for every flow never released."""
    released = released_fingerprints()
    errors: list[CheckMessage] = []
    for service, version in FLOWS:
        fingerprint = released.get(f"{service}/{version}")
        if fingerprint is None:
            errors.append(
                Error(
                    f"{service} v{version} is not released.",
                    hint="Write it to released.json with `manage.py check_flows --release`.",
                    id="workflows.E002",
                )
            )
        elif fingerprint != graph_for(service, version).fingerprint:
            errors.append(
                Error(
                    f"{service} v{version} is released and was edited: cases run on it.",
                    hint="Restore it and write a new version beside it.",
                    id="workflows.E003",
                )
            )
    return errors
