"""Which of many cases are shut to whom."""

from collections.abc import Collection
from typing import Any

from django.db.models import F, IntegerField, QuerySet, Value

from cases.models import Case, Enterprise, Recusal, Relation, User

_NOBODY = Value(0, output_field=IntegerField())


def shut_doors(cases: Collection[int]) -> set[tuple[int, int]]:
    """Return (case id, person id) for everybody to whom one of these cases is shut, as `policy.shut`. One query."""
    of = Case.objects.filter(pk__in=cases).order_by()
    phones = User.objects.filter(cases__in=of).values("phone")
    tax_codes = Enterprise.objects.filter(case__in=of).values("tax_code")
    near = Relation.objects.order_by()
    # Each row names a case, a person, or both, and by what the two are near to each other.
    declared = Recusal.objects.filter(case__in=of).order_by()
    rows = declared.values_list("case_id", "person_id", Value(""), Value("")).union(
        near.filter(kind=Relation.Kind.PHONE, value__in=phones).values_list(_NOBODY, "person_id", "kind", "value"),
        near.filter(kind=Relation.Kind.TAX_CODE, value__in=tax_codes).values_list(
            _NOBODY, "person_id", "kind", "value"
        ),
        _carrying(of, Relation.Kind.PHONE, "applicant__phone"),
        _carrying(of, Relation.Kind.TAX_CODE, "enterprise__tax_code"),
        all=True,
    )
    shut, people, carried = set(), set(), set()
    for case, person, kind, value in rows:
        if case and person:
            shut.add((case, person))
        elif person:
            people.add((person, kind, value))
        else:
            carried.add((case, kind, value))
    return shut | {(case, person) for person, *by in people for case, *of_case in carried if by == of_case}


def _carrying(cases: QuerySet[Case], kind: Relation.Kind, column: str) -> QuerySet[Case, Any]:
    """Return the cases that carry what somebody registered."""
    registered = Relation.objects.filter(kind=kind).values("value")
    return cases.filter(**{f"{column}__in": registered}).values_list("pk", _NOBODY, Value(kind.value), F(column))
