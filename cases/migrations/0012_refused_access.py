import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cases import append_only

TABLES = ("cases_refusedaccess",)


def install(apps, schema_editor):
    append_only.install(schema_editor.connection, TABLES)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection, TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_follow_ups_told_again'),
    ]

    operations = [
        migrations.CreateModel(
            name='RefusedAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sought', models.CharField(choices=[('case', 'the case'), ('document', 'a paper'), ('number', 'an identity number')], max_length=10)),
                ('hour', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refusals', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'refused access',
                'indexes': [models.Index(fields=['at'], name='refusals_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('case__isnull', True), ('sought', 'number')), models.Q(('case__isnull', False), models.Q(('sought', 'number'), _negated=True)), _connector='OR'), name='refusal_is_of_a_case_or_a_number'), models.UniqueConstraint(fields=('person', 'case', 'hour'), name='one_refusal_per_case_and_hour'), models.UniqueConstraint(condition=models.Q(('case__isnull', True)), fields=('person', 'hour'), name='one_refused_search_per_hour')],
            },
        ),
        migrations.RunPython(install, remove),
    ]
