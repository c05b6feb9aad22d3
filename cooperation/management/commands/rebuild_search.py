"""`manage.py rebuild_search`: makes the search index anew."""

from django.core.management import BaseCommand

from cooperation import search
from cooperation.management.commands.setup import refuse_if_read_only


class Command(BaseCommand):
    help = (
        "Makes the search index anew from the records. The index follows the records by itself; this is for the time "
        "after a large import, which no reader should wait for. Pages are served meanwhile."
    )

    def handle(self, **options):
        refuse_if_read_only()
        search.rebuild()
        self.stdout.write("The search index was made anew.")
