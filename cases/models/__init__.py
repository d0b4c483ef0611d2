"""The record's tables."""

from cases.models.access import AccessRecord, Involvement
from cases.models.agency import Agency, Commune, Province, ReferenceVersion
from cases.models.case import Answers, Case, CaseState, Outcome, PromiseAlarm
from cases.models.consent import Consent
from cases.models.decision import Decision
from cases.models.document import Document
from cases.models.enterprise import Enterprise, EntityType, Sector, SmeClass
from cases.models.follow_up import FollowUp
from cases.models.information_request import InformationRequest
from cases.models.kept_file import KeptFile
from cases.models.knowledge import PublishedAnswer, ReplyTemplate
from cases.models.passage import Passage
from cases.models.people import Absence, Membership, Role, User
from cases.models.programme import Programme, Target
from cases.models.recusal import Recusal, Relation
from cases.models.refused_access import RefusedAccess
from cases.models.slip import Slip
from cases.models.timeline import Anchor, TimelineEvent

__all__ = [
    "Absence",
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
    "FollowUp",
    "InformationRequest",
    "Involvement",
    "KeptFile",
    "Membership",
    "Outcome",
    "Passage",
    "Programme",
    "PromiseAlarm",
    "Province",
    "PublishedAnswer",
    "Recusal",
    "ReferenceVersion",
    "RefusedAccess",
    "Relation",
    "ReplyTemplate",
    "Role",
    "Sector",
    "Slip",
    "SmeClass",
    "Target",
    "TimelineEvent",
    "User",
]
