"""`manage.py publish_data`: the whole public registry as files, for /data/."""

import argparse
import re

from django.conf import settings
from django.core.management import CommandError
from django.utils.translation import gettext as _

from cooperation.exports.publication import AlreadyPublishingError, publish
from cooperation.management.commands.setup import explain_database_errors
from cooperation.management.nightly import NightlyCommand
from cooperation.site_address import TRIAL_SITE, default_site

SITE = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?/?", re.IGNORECASE)


def site_address(text):
    if not SITE.fullmatch(text):
        sentence = _("“%(text)s” is not the address of a site. Write it as in https://portal.example.org")
        raise argparse.ArgumentTypeError(sentence % {"text": text})
    return text.rstrip("/")


class Command(NightlyCommand):
    help = (
        "Writes the whole public registry as files (CSV, JSON, Excel, IATI XML, data dictionary, licence) and as one "
        "zip with a checksum, for the page /data/. What was published before stays in use until all of it is written, "
        "and if anything fails. Pages are served and curators work meanwhile."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--site",
            type=site_address,
            metavar="ADDRESS",
            help="with what the addresses in the files begin, such as https://portal.example.org; without it, the "
            f"first name in ALLOWED_HOSTS that is not of this computer, or {TRIAL_SITE}",
        )

    def handle(self, *, site, **options):
        if not site:
            site = default_site()
            if site == TRIAL_SITE:
                sentence = _(
                    "Warning: the addresses in these files will lead to this computer only. For the public, set "
                    "ALLOWED_HOSTS or add --site https://portal.example.org"
                )
                self.stderr.write(sentence)
        with explain_database_errors():
            try:
                publication = publish(site)
            except AlreadyPublishingError as error:
                raise CommandError(
                    _("Another publish_data is at work. Let it finish; its files are as good.")
                ) from error
            except OSError as error:
                sentence = _(
                    "The files cannot be written to %(place)s (%(why)s). What was published before is unchanged."
                )
                raise CommandError(sentence % {"place": settings.DATA_DIR, "why": error.strerror}) from error
        number, archive = len(publication.files), publication.archive
        self.stdout.write(
            _("%(number)s files were published in %(place)s: the registry as of %(made)s UTC.")
            % {"number": number, "place": settings.DATA_DIR, "made": f"{publication.made:%Y-%m-%d %H:%M:%S}"}
        )
        self.stdout.write(_("The addresses in them begin with %(site)s (another one: --site).") % {"site": site})
        self.stdout.write(
            _("%(zip)s has %(bytes)s bytes and the SHA-256 digest %(digest)s.")
            % {"zip": archive.name, "bytes": archive.bytes, "digest": archive.sha256}
        )
