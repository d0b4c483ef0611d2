from django.db import migrations

from cases import append_only

TABLES = ("cases_timelineevent", "cases_anchor", "cases_accessrecord", "cases_decision")


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, TABLES)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, TABLES)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
