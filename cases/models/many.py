"""Many rows by one statement with one parameter, for what the worker writes by the thousand.

The rows travel as JSON, which both PostgreSQL and SQLite take apart by themselves. Django's `bulk_create` and
`bulk_update` write the same; they spend several times as long on saying it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import F, Field, Func, JSONField, Value


def insert_many(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    """Insert rows with these fields, and return their ids in the order of the rows; ids are the database's."""
    if not rows:
        return []
    fields = [_field(model, name) for name in names]
    on_sqlite, quoted = connection.vendor == "sqlite", connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    values = ", ".join(_taken(field, place, on_sqlite) for place, field in enumerate(fields))
    given = "json_each(%s)" if on_sqlite else "jsonb_array_elements(%s) WITH ORDINALITY AS given(value, key)"
    with connection.cursor() as cursor:
        # Only names of our models stand in the text; what is written travels as the one parameter.
        cursor.execute(
            f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) SELECT {values} FROM {given} ORDER BY key"  # noqa: S608 - see above
            f" RETURNING {quoted('id')}",
            [_rows(fields, rows)],
        )
        # They were given in the order of the rows, whatever the order in which they are returned.
        return sorted(pk for (pk,) in cursor.fetchall())


class Each(Func):
    """Its own value for each row of an UPDATE or a filter, by the row's id."""

    def __init__(self, values: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(Value(values), F("pk"), output_field=output_field)

    @classmethod
    def of(cls, model: type[models.Model], name: str, values: Mapping[int, Any]) -> "Each":
        """Return the values of a field of a model by the id of the row; not of a JSON field."""
        field = _field(model, name)
        if connection.vendor == "sqlite":
            values = {pk: _on_sqlite(field, value) for pk, value in values.items()}
        return cls(json.dumps(values, default=str), field)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return the SQL of SQLite."""
        return super().as_sql(
            compiler, connection, template="json_extract(%(expressions)s)", arg_joiner=", '$.' || ", **extra
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return the SQL of PostgreSQL."""
        template = f"(%(expressions)s::text)::{self.output_field.cast_db_type(connection)}"
        return super().as_sql(compiler, connection, template=template, arg_joiner="::jsonb ->> ", **extra)


def _field(model: type[models.Model], name: str) -> "Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field


def _rows(fields: Sequence["Field[Any, Any]"], rows: Iterable[Sequence[Any]]) -> str:
    """Return rows of values as JSON. PostgreSQL reads a moment as it is written; SQLite keeps it as Django says."""
    if connection.vendor == "sqlite":
        rows = [[_on_sqlite(field, value) for field, value in zip(fields, row, strict=True)] for row in rows]
    # Not Django's encoder: it leaves out the microseconds.
    return json.dumps(rows, default=str)


def _on_sqlite(field: "Field[Any, Any]", value: Any) -> Any:
    return field.get_db_prep_save(value, connection) if isinstance(value, date | UUID) else value


def _taken(field: "Field[Any, Any]", place: int, on_sqlite: bool) -> str:
    if on_sqlite:
        return f"json_extract(value, '$[{place}]')"
    if isinstance(field, JSONField):
        return f"value -> {place}"
    return f"(value ->> {place})::{field.cast_db_type(connection)}"
