from django.db import migrations

from cases import append_only

TABLES = ("cases_slip", "cases_recusal")


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, TABLES)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, TABLES)


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_deadlines")]
    operations = [migrations.RunPython(install, remove)]
