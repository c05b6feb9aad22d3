"""Which addresses are due, who asks them, and what is written down of what was found."""

import logging
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from queue import SimpleQueue
from threading import Event
from time import monotonic

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation.links.asking import Finding, Outcome
from cooperation.models import CheckedAddress, CheckResult

logger = logging.getLogger(__name__)

HOSTS_AT_ONCE = 6
WRITTEN_AT_ONCE = 50
# As many hosts do not all go at once: if none answers, the machine that asks has lost its connection.
HOSTS_THAT_TELL = 5
LONGEST_DETAIL = CheckedAddress._meta.get_field("check_detail").max_length
KEPT = ("checked_on", "check_result", "check_detail", "last_good_on")


class NoAnswersError(Exception):
    """No host at all answered, so that nothing was written."""


@dataclass(frozen=True)
class Row:
    """A row with a web address, and what is known of it; `public_id` is that of its record."""

    model: type
    pk: int
    public_id: str
    address: str
    known: dict

    def is_due(self, today, older_than):
        """Whether its last test is too long ago; one that is to be tested again is due the next day."""
        days = 1 if self.waits_for_second_test else older_than
        return self.known["checked_on"] is None or self.known["checked_on"] <= today - timedelta(days=days)

    @property
    def waits_for_second_test(self):
        return self.known["checked_on"] is not None and not self.known["check_result"]

    def learn(self, finding, today):
        """What is to be known of it after a finding, as `known`."""
        if finding.outcome in (Outcome.GOOD, Outcome.MOVED):
            result = CheckResult.MOVED if finding.outcome == Outcome.MOVED else CheckResult.OK
            return self.with_result(result, finding.detail, checked_on=today, last_good_on=today)
        if finding.outcome == Outcome.NOT_ASKED:
            return self.with_result("", finding.detail, checked_on=None)
        is_second = self.waits_for_second_test and self.known["checked_on"] < today
        if finding.outcome == Outcome.GONE or is_second or self.known["check_result"] == CheckResult.BROKEN:
            return self.with_result(CheckResult.BROKEN, finding.detail, checked_on=today)
        sentence = _("%(why)s Tested once; it is tested again on another day.") % {"why": finding.detail}
        return self.with_result("", sentence, checked_on=today)

    def with_result(self, result, detail, **dates):
        return {**self.known, **dates, "check_result": str(result), "check_detail": detail[:LONGEST_DETAIL]}


def checked_models():
    return [model for model in apps.get_app_config("cooperation").get_models() if issubclass(model, CheckedAddress)]


def read_rows():
    """Every `Row` that has an address."""
    for model in checked_models():
        owner = getattr(model, "owner", None)
        public_id = f"{owner}__slug" if owner else "slug"
        found = model._base_manager.exclude(**{model.ADDRESS: ""})
        for pk, slug, address, *known in found.values_list("pk", public_id, model.ADDRESS, *KEPT):
            yield Row(model, pk, slug, address, dict(zip(KEPT, known, strict=True)))


def due_addresses(today, older_than, limit=None):
    """`{address: [Row, ...]}` of what is due, the longest untested first, at most `limit` addresses."""
    due = [row for row in read_rows() if row.is_due(today, older_than)]
    due.sort(key=lambda row: (row.known["checked_on"] is not None, row.known["checked_on"], row.address))
    rows_at = defaultdict(list)
    for row in due:
        rows_at[row.address].append(row)
    return dict(list(rows_at.items())[:limit])


def check_links(asker, *, older_than=7, limit=None, minutes=30, report=print, today=None):
    """Ask every address that was not tested for `older_than` days, for at most `minutes`, and write down the findings.

    Calls `report(row, known)` for each row whose address is broken. Returns a `Counter` of what was found by the value
    of `CheckResult`, of what is unclear (""), and of addresses that were not reached in time ("left").
    Raises `NoAnswersError`.
    """
    today = today or timezone.localdate()
    rows_at = due_addresses(today, older_than, limit)
    counts, waiting, is_connected = Counter(), [], False
    for address, finding in ask_all(asker, rows_at, monotonic() + minutes * 60):
        if finding is None:
            counts["left"] += 1
            continue
        waiting.append((address, finding))
        is_connected = is_connected or finding.heard
        if is_connected and len(waiting) >= WRITTEN_AT_ONCE:
            write(waiting, rows_at, today, counts, report)
            waiting = []
    asked_hosts = {host_of(address) for address, finding in waiting if finding.outcome == Outcome.FAILED}
    if not is_connected and len(asked_hosts) >= HOSTS_THAT_TELL:
        raise NoAnswersError
    write(waiting, rows_at, today, counts, report)
    return counts


def write(findings, rows_at, today, counts, report):
    """Write down some findings. Without history: a test is no edit of a record."""
    with transaction.atomic():
        for address, finding in findings:
            for row in rows_at[address]:
                known = row.learn(finding, today)
                counts[known["check_result"]] += 1
                if known != row.known:
                    # Unless somebody gave it another address meanwhile, of which nothing was found.
                    same = row.model._base_manager.filter(**{"pk": row.pk, row.model.ADDRESS: address})
                    same.update(**known)
                if known["check_result"] == CheckResult.BROKEN:
                    report(row, known)


def ask_all(asker, addresses, deadline):
    """`(address, Finding)` of each address as it comes, or `(address, None)` after the deadline (of `monotonic`).

    Several hosts at once, the addresses of each one after the other, the hosts with the most of them first.
    """
    by_host = defaultdict(list)
    for address in addresses:
        by_host[host_of(address)].append(address)
    found, stopped = SimpleQueue(), Event()

    def ask_host(own_addresses):
        for address in own_addresses:
            is_over = stopped.is_set() or monotonic() > deadline
            found.put((address, None if is_over else ask_safely(asker, address)))

    with ThreadPoolExecutor(HOSTS_AT_ONCE) as workers:
        try:
            for own_addresses in sorted(by_host.values(), key=len, reverse=True):
                workers.submit(ask_host, own_addresses)
            for _address in addresses:
                yield found.get()
        finally:
            stopped.set()


def host_of(address):
    return address.partition("://")[2].partition("/")[0].casefold()


def ask_safely(asker, address):
    """A `Finding`, even where an answer is stranger than anybody thought of: the others are asked all the same."""
    try:
        return asker.ask(address)
    except Exception:
        logger.exception("The answer of %s could not be understood.", address)
        return Finding(Outcome.NOT_ASKED, _("Its answer could not be understood."))
