"""The tables of the search index. They hold nothing of their own: `cooperation.search` fills them from the records."""

from django.db import migrations

from cooperation.search.index import drop_tables, make_tables


def make(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        make_tables(cursor)


def drop(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        drop_tables(cursor)


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0003_country_other_names'),
    ]

    operations = [
        migrations.RunPython(make, drop),
    ]
