"""`manage.py load_reference`: fill the reference tables; running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from cases.models.agency import ReferenceVersion
from project.reference import agencies, answers, calendar, deadlines, places, programmes, replies, routing

# Agencies and programmes stand in places, so places come first.
TABLES = [places, agencies, programmes, deadlines, calendar, answers, replies, routing]


class Command(BaseCommand):
    """Load what the product knows before the first case, all of it or nothing."""

    help = (
        "Loads places, agencies, programmes, deadline rules, the calendar, published answers, reply templates and "
        "the routing table."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Write what is new or different, and tell every process once, if anything was."""
        # What an administrator enters meanwhile waits, and is not overwritten by what was read before.
        list(ReferenceVersion.objects.select_for_update().filter(pk=1))
        touched = sum(table.load() for table in TABLES)
        if touched:
            ReferenceVersion.bump()
        self.stdout.write(f"{touched} reference rows written.")
