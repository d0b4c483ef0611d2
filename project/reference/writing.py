"""How reference rows reach their table: only what is new or different is written."""

from collections.abc import Collection, Iterable
from operator import attrgetter

from django.db.models import Model


def write(rows: Iterable[Model], *, by: Collection[str], office: Collection[str] = (), entered: str = "") -> int:
    """Add the missing rows, correct those that differ, and return how many were touched.

    Rows are the same row when the columns in `by` agree. The columns in `office` are ours only until the row
    exists; from then on the office keeps them (it closes an agency, opens a province, verifies a rule). A row whose
    column `entered` names somebody was entered by the office, and stays as it is.
    """
    fresh = list(rows)
    model = type(fresh[0])
    columns = [
        field.attname
        for field in model._meta.concrete_fields
        if field.name != "id" and not {field.name, field.attname} & {*by, *office}
    ]
    identity, values = attrgetter(*by), attrgetter(*columns)
    stored = {identity(row): row for row in model._default_manager.all()}

    missing = [row for row in fresh if identity(row) not in stored]
    different = [
        row
        for row in fresh
        if (known := stored.get(identity(row))) is not None
        and values(row) != values(known)
        and not (entered and getattr(known, entered) is not None)
    ]
    for row in different:
        row.pk = stored[identity(row)].pk
    model._default_manager.bulk_create(missing, batch_size=500)
    model._default_manager.bulk_update(different, columns, batch_size=100)
    return len(missing) + len(different)
