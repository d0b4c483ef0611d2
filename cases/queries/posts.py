"""What somebody may do at an office, read inside another statement where a step has none to spare."""

from typing import Any

from django.db.models import Aggregate, JSONField, OuterRef, Subquery
from django.db.models.functions import JSONObject

from cases import policy
from cases.models import Membership, User
from cases.policy import Posts


class _AsList(Aggregate):
    """The rows of a group as one JSON list, on either database."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return the SQL of PostgreSQL."""
        return self.as_sql(compiler, connection, function="JSONB_AGG", **extra)


def posts_at(person: User, agency: str) -> Subquery:
    """Return what `posts_of` reads: as what a person works today at the agency that the row names so, and for whom."""
    there = policy.places_of(person).filter(agency=OuterRef(agency)).order_by().values("user")
    said = _AsList(JSONObject(agency="agency", role="role", instead="acting_for"))
    return Subquery(there.annotate(said=said).values("said"))


def posts_of(said: list[dict[str, Any]]) -> Posts:
    """Return what was read by `posts_at`; in whose place she acts is known by id alone."""
    return Posts.of(
        Membership(
            agency_id=one["agency"],
            role=one["role"],
            acting_for=User(pk=one["instead"]) if one["instead"] is not None else None,
        )
        for one in said
    )
