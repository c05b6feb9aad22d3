"""`manage.py import_iati FILE`: the plan of what would become of each activity, then, with --commit, the import."""

from collections import Counter, defaultdict
from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.imports.carry_out_iati import ImportRefusedError, carry_out
from cooperation.imports.iati_content import shortened
from cooperation.imports.iati_file import MOST_BYTES, examine
from cooperation.imports.known import read_known
from cooperation.imports.plan_iati import Outcome, plan
from cooperation.imports.read_iati import read_activities
from cooperation.management.commands.setup import explain_database_errors, refuse_if_read_only

# Characters of a value that a line shows.
LONGEST = 100
# Lines that a remark names when many activities have it, and what they say.
MOST_LINES, MOST_DETAILS = 5, 3


class Command(BaseCommand):
    help = (
        "Reads an activities file of IATI 2.01 to 2.03 and prints what would be new, changed, unchanged or skipped, "
        "and why. Nothing is written without --commit; with it, everything is written or nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the XML file")
        parser.add_argument("--commit", action="store_true", help="write what the plan says")
        parser.add_argument("--publish", action="store_true", help="publish the new records instead of keeping drafts")
        parser.add_argument("--all", action="store_true", help="print each remark instead of one line for each kind")

    def handle(self, *, file, commit, publish, all, **options):
        if commit:
            refuse_if_read_only()
        verdict = examine(read_file(file))
        if not verdict.is_accepted:
            raise CommandError(f"{file}: {verdict.sentence}")
        self.say(verdict.sentence)
        with explain_database_errors():
            known = read_known()
            planned = plan(read_activities(verdict.tree, known), known)
            self.print_plan(planned)
            self.print_remarks(planned, all)
            if not commit:
                self.say(_("Nothing was written. Run the command again with --commit to import this."))
                return
            try:
                carry_out(planned, publish=publish, what=f"import_iati {file.name}")
            except ImportRefusedError as refusal:
                raise CommandError(str(refusal)) from refusal
        self.say(written_in_words(planned, publish))

    def say(self, line):
        self.stdout.write(line)

    def print_plan(self, planned):
        self.say(counts_in_words(planned))
        for row in planned:
            words = {
                "line": row.activity.line,
                "outcome": row.outcome.label,
                "title": shortened(row.title, LONGEST) or _("without a title"),
                "identifier": shortened(row.activity.identifier, LONGEST),
            }
            self.say(_("line %(line)s: %(outcome)s: %(title)s (%(identifier)s)") % words)
            if row.reason:
                self.say(f"    {_('because')} {shortened(row.reason, 2 * LONGEST)}")
            for change in row.changes:
                old, new = (shortened(" ".join(text.split()), LONGEST) or "–" for text in (change.old, change.new))
                self.say(f"    {capfirst(change.label)}: {old} → {new}")

    def print_remarks(self, planned, is_each):
        remarks = [remark for row in planned for remark in row.remarks]
        if not remarks:
            return
        self.say(_("Remarks:"))
        if is_each:
            for remark in remarks:
                self.say(_("line %(line)s: %(text)s") % {"line": remark.line, "text": remark.sentence})
            return
        groups = defaultdict(list)
        for remark in remarks:
            groups[remark.what].append(remark)
        for what, group in groups.items():
            if len(group) == 1:
                self.say(_("line %(line)s: %(text)s") % {"line": group[0].line, "text": group[0].sentence})
            else:
                self.say(f"{what}: {examples(group)}.")
        if len(groups) < len(remarks):
            self.say(_("Add --all to see each remark."))


def read_file(path):
    """The content of the file, up to one byte more than may be imported. Raises CommandError."""
    try:
        if path.is_dir():
            raise CommandError(_("%(path)s is a folder. Name an IATI file in it.") % {"path": path})
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path})
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(_("%(path)s cannot be read (%(why)s).") % {"path": path, "why": error.strerror}) from error


def counts_in_words(planned):
    """Sum up in words: “134 activities: 130 new, 2 changed, 1 unchanged, 1 skipped”."""
    numbers = Counter(row.outcome for row in planned)
    counts = ", ".join(f"{numbers[outcome]} {outcome.label}" for outcome in Outcome)
    total = ngettext("%(number)s activity", "%(number)s activities", len(planned)) % {"number": len(planned)}
    return f"{total}: {counts}."


def written_in_words(planned, publish):
    numbers = Counter(row.outcome for row in planned)
    words = (
        _("Written: %(new)s new (published), %(changed)s changed.")
        if publish
        else _("Written: %(new)s new (drafts), %(changed)s changed.")
    )
    return words % {"new": numbers[Outcome.NEW], "changed": numbers[Outcome.CHANGED]}


def examples(remarks):
    """“134 times (lines 3, 17, 40 …), 735 in all” or “…, such as 24040; 31110”: what remarks of one kind say."""
    where = {"number": len(remarks), "lines": ", ".join(str(remark.line) for remark in remarks[:MOST_LINES])}
    if len(remarks) > MOST_LINES:
        where["lines"] += " …"
    shown = _("%(number)s times (lines %(lines)s)") % where
    total = sum(remark.number for remark in remarks)
    if total > len(remarks):
        shown += _(", %(number)s in all") % {"number": f"{total:,}"}
    details = list(dict.fromkeys(shortened(remark.detail, LONGEST) for remark in remarks if remark.detail))
    if details:
        words = "; ".join(details[:MOST_DETAILS])
        shown += f": {words}" if len(details) <= MOST_DETAILS else _(", such as %(words)s") % {"words": words}
    return shown
