"""`manage.py find_duplicates`: prints the pairs of records that may be the same, and keeps them for the curators."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.duplicates import MERGEABLE, find_pairs, refresh
from cooperation.management.commands.setup import refuse_if_read_only
from cooperation.management.nightly import NightlyCommand

TYPES = {model._meta.model_name: model for model in MERGEABLE}


class Command(NightlyCommand):
    help = (
        "Prints the pairs of records that may be the same, with a score of 0 to 100 and what is alike, and keeps them "
        "in the list of possible duplicates. With --type it only prints those of one type."
    )

    def add_arguments(self, parser):
        parser.add_argument("--type", choices=sorted(TYPES), help="look at the records of one type only")

    def handle(self, **options):
        if not options["type"]:
            refuse_if_read_only()
        for model in [TYPES[options["type"]]] if options["type"] else MERGEABLE:
            pairs = find_pairs(model)
            slugs = dict(model._base_manager.values_list("pk", "slug")) if pairs else {}
            for pair in pairs:
                names = f"{slugs[pair.first]} = {slugs[pair.second]}"
                self.stdout.write(f"{model._meta.model_name} {pair.score}: {names}: {pair.why}")
            if not pairs:
                text = _("%(records)s: none alike") % {"records": model._meta.verbose_name_plural}
                self.stdout.write(text)
        if not options["type"]:
            waiting = refresh()
            text = ngettext("%(number)s pair waits to be looked at.", "%(number)s pairs wait to be looked at.", waiting)
            self.stdout.write(text % {"number": waiting})
