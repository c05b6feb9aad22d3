"""Whether a public form was sent by somebody who read it, from our own page, and not too often.

Public pages know no cookie, so that the token of Django's own forms cannot work here. Nobody acts under an account
either: what is kept away is not forgery in somebody's name, but programs that send anything to every form they find.
"""

import logging
from time import time
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from cooperation.client_address import client_address

logger = logging.getLogger(__name__)

HOUR, DAY = 3_600, 86_400  # seconds
# In which nobody reads a page and writes a sentence.
QUICKEST = 3

signer = TimestampSigner(salt="report a mistake")


def make_token(record):
    """What a form about `record` carries, so that it tells when it was given out."""
    return signer.sign(f"{record._meta.model_name} {record.pk}")


def why_not_sent_by_reader(request, record, token):
    """Why a form is not taken as sent from its own page by somebody who read it, as a sentence; "" if it is."""
    if not is_from_own_page(request):
        logger.warning("A report about %s was sent from another site.", record.public_id)
        return _("The form was sent from another site. Send it from this page.")
    try:
        if signer.unsign(token, max_age=DAY) != f"{record._meta.model_name} {record.pk}":
            raise BadSignature
    except SignatureExpired:
        return _("The form had been open for more than a day. Look through what you wrote and send it again.")
    except BadSignature:
        logger.warning("A report about %s was sent without a form of ours.", record.public_id)
        return _("The form was not complete. Look through what you wrote and send it again.")
    try:
        signer.unsign(token, max_age=QUICKEST)
    except SignatureExpired:
        return ""
    return _("The form came back sooner than anybody could fill it in. Wait some seconds and send it again.")


def is_from_own_page(request):
    """What browsers say about where a form comes from. Some say nothing, which is no reason to doubt them."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    said = request.headers.get("Origin") or request.headers.get("Referer")
    try:
        return said is None or urlsplit(said).netloc == request.get_host()
    except ValueError:
        return False


def may_send_more(request):
    """Count this report of its sender; False when there were too many of them within the hour.

    A sender is known by a number made from the IP address with a key of the day; neither is stored for longer.
    """
    now = time()
    number = salted_hmac(f"sender of reports on {timezone.now():%Y-%m-%d}", client_address(request)).hexdigest()
    key = f"reports:{number}:{int(now // HOUR)}"
    try:
        cache.add(key, 0, HOUR)
        return cache.incr(key) <= settings.REPORTS_AN_HOUR_OF_ONE_SENDER
    except Exception as error:  # whatever a cache may raise: all senders together have a limit of their own
        logger.warning("The cache cannot count reports: %s", error)
        return True
