import uuid

import django.db.models.deletion
from django.db import migrations, models

import cases.models.kept_file
import cases.models.sealed


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0009_follow_ups'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(max_length=40, verbose_name='kind of paper')),
                ('original_name', cases.models.sealed.SealedTextField(verbose_name='name of the file')),
                ('size', models.PositiveIntegerField(verbose_name='size')),
                ('sha256', models.CharField(max_length=64)),
                ('file', models.FileField(upload_to=cases.models.kept_file.kept_name)),
                ('kept_at', models.DateTimeField(db_index=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kept_files', to='cases.case')),
            ],
            options={
                'verbose_name': 'kept file',
                'ordering': ['kept_at', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('case', 'kind', 'sha256'), name='the_same_file_is_kept_once'),
                    models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='kept_file_is_not_empty'),
                ],
            },
        ),
    ]
