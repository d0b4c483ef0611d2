"""The record's tables."""

from cases.models.access import AccessRecord, Involvement
from cases.models.agency import Agency, Commune, Province, ReferenceVersion
from cases.models.case import Answers, Case, CaseState, Outcome
from cases.models.consent import Consent
from cases.models.decision import Decision
from cases.models.document import Document
from cases.models.enterprise import Enterprise, EntityType, Sector, SmeClass
from cases.models.information_request import InformationRequest
from cases.models.knowledge import PublishedAnswer, ReplyTemplate
from cases.models.passage import Passage
from cases.models.people import Membership, Role, User
from cases.models.programme import Programme, Target
from cases.models.timeline import Anchor, TimelineEvent

__all__ = [
    "AccessRecord",
    "Agency",
    "Anchor",
    "Answers",
    "Case",
    "CaseState",
    "Commune",
    "Consent",
    "Decision",
    "Document",
    "Enterprise",
    "EntityType",
    "InformationRequest",
    "Involvement",
    "Membership",
    "Outcome",
    "Passage",
    "Programme",
    "Province",
    "PublishedAnswer",
    "ReferenceVersion",
    "ReplyTemplate",
    "Role",
    "Sector",
    "SmeClass",
    "Target",
    "TimelineEvent",
    "User",
]
