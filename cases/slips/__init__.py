"""Slips M01 to M06: papers of the house about one case, made of its events, signed so that anyone can check them."""

from cases.slips.issuing import issue, issue_missing, issue_of_case
from cases.slips.shelf import newer_than, pdf_of, proven, shown_to, slip_with, slips_for, title_of
from cases.slips.statement import read_statement, typed_line, typed_signature

__all__ = [
    "issue",
    "issue_missing",
    "issue_of_case",
    "newer_than",
    "pdf_of",
    "proven",
    "read_statement",
    "shown_to",
    "slip_with",
    "slips_for",
    "title_of",
    "typed_line",
    "typed_signature",
]
