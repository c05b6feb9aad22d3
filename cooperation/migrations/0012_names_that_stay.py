from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill_in_names(apps, schema_editor):
    accounts = apps.get_model(settings.AUTH_USER_MODEL).objects
    for model_name, person, name in (("Edit", "reviewed_by", "reviewed_by_name"), ("PendingChange", "by", "by_name")):
        rows = apps.get_model("cooperation", model_name).objects.exclude(**{person: None})
        rows.update(**{name: Subquery(accounts.filter(pk=OuterRef(person)).values("username")[:1])})


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0011_audit_log'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='edit',
            name='reviewed_by_name',
            field=models.CharField(blank=True, max_length=150, verbose_name='name of who accepted it'),
        ),
        migrations.AddField(
            model_name='pendingchange',
            name='by_name',
            field=models.CharField(blank=True, editable=False, max_length=150, verbose_name='name'),
        ),
        migrations.RunPython(fill_in_names, migrations.RunPython.noop),
    ]
