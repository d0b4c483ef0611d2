from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0010_kept_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='followup',
            name='asked_again_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='followup',
            index=models.Index(condition=models.Q(('answered_at__isnull', True), ('asked_again_at__isnull', True)), fields=['due_on'], name='follow_ups_to_be_told'),
        ),
    ]
