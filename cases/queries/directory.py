"""Which agency does a kind of work for a place. Read once per process, by version."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cases.models import Agency, Case
from cases.models.agency import Places, ReferenceVersion


@dataclass(frozen=True)
class Directory:
    """The agencies of today by (kind, province code, commune code or ''), and the places they sit in."""

    agencies: Mapping[tuple[str, str, str], Agency]
    places: Places

    def agency(self, kind: str, level: str, case: Case) -> Agency:
        """Return the agency of this kind that is responsible for the case's place of business."""
        province = case.province_id or ""
        if level == Agency.Level.COMMUNE:
            there = self.agencies.get((kind, province, case.commune_id or ""))
            if there is not None:
                return there
        # Where a commune has no such office (any more), the one of the province does its work.
        return self.agencies[kind, province, ""]


@lru_cache(maxsize=2)
def directory(version: int) -> Directory:
    """Return the directory as of this number of the reference tables."""
    rows = Agency.objects.filter(valid_to__isnull=True, province__isnull=False)
    return Directory({(row.kind, row.province_id or "", row.commune_id or ""): row for row in rows}, Places.read())


def reference_version() -> int:
    """Return the number of the reference tables, for reads that hold no case's lock."""
    return ReferenceVersion.objects.filter(pk=1).values_list("number", flat=True).first() or 0
