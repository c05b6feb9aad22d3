"""`manage.py check_links`: ask whether the addresses that records name still answer."""

import argparse

from django.core.management import CommandError
from django.utils.translation import gettext as _

from cooperation.links import Asker, NoAnswersError, check_links
from cooperation.management.commands.publish_data import site_address
from cooperation.management.commands.setup import explain_database_errors, refuse_if_read_only
from cooperation.management.nightly import NightlyCommand
from cooperation.models import CheckResult
from cooperation.site_address import default_site


def whole_number(least):
    """Reads an argument that is a number of at least `least`."""

    def read(text):
        if not text.isdecimal() or not least <= int(text) <= 10**6:
            raise argparse.ArgumentTypeError(
                _("“%(text)s” is not a number from %(least)s on.") % {"text": text, "least": least}
            )
        return int(text)

    return read


class Command(NightlyCommand):
    help = (
        "Asks the addresses of sources, documents, agencies, forums and funds whether they still answer, and writes "
        "down what it found: curators filter by it, readers see which source did not answer on which day. A page that "
        "is said to be gone (404, 410) counts as broken at once. A server that fails, is not found or takes too long "
        "counts as broken when it fails again on another day. “Not for programs” (401, 403, 429) is an answer. A "
        "permanent redirect counts as moved. One request at a time goes to each host, with a pause; machines that are "
        "not on the public internet and ports other than 80 and 443 are not asked, and no proxy is used. If nothing at "
        "all answers, nothing is written. To be run once a day, by cron."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--minutes", type=whole_number(1), default=30, help="how long it may take (default 30); the rest comes next"
        )
        parser.add_argument(
            "--older-than",
            type=whole_number(0),
            default=7,
            metavar="DAYS",
            help="leave out what was tested within so many days (default 7)",
        )
        parser.add_argument("--limit", type=whole_number(1), metavar="NUMBER", help="ask at most so many addresses")
        parser.add_argument(
            "--site",
            type=site_address,
            metavar="ADDRESS",
            help="of the portal, by which those who are asked learn who asks; as for publish_data",
        )

    def handle(self, *, minutes, older_than, limit, site, **options):
        refuse_if_read_only()
        asker = Asker(site or default_site())
        with explain_database_errors():
            try:
                counts = check_links(asker, older_than=older_than, limit=limit, minutes=minutes, report=self.report)
            except NoAnswersError as error:
                sentence = _("No server answered, so nothing was written. Is this machine connected to the internet?")
                raise CommandError(sentence) from error
        self.stdout.write(
            _("%(ok)s answer, %(moved)s moved, %(broken)s broken, %(unclear)s unclear, %(left)s not asked in time.")
            % {
                "ok": counts[CheckResult.OK],
                "moved": counts[CheckResult.MOVED],
                "broken": counts[CheckResult.BROKEN],
                "unclear": counts[""],
                "left": counts["left"],
            }
        )

    def report(self, row, known):
        self.stdout.write(f"{row.model._meta.verbose_name} {row.public_id}: {row.address} ({known['check_detail']})")
