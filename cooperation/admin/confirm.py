"""“Confirm”: a curator has held records against their sources today. It changes nothing that they say."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cooperation.admin.work_queues import has_source
from cooperation.models import Edit, editing

# What somebody can have held against its sources in a day, and what is written without keeping others waiting.
MOST = 200
MOST_NAMED = 5


@admin.action(description=_("Confirm: held against its sources today"), permissions=["change"])
def confirm_selected(model_admin, request, queryset):
    """Date the confirmation of the chosen records today, and say which ones could not be confirmed and why."""
    chosen = queryset.model._base_manager.filter(pk__in=queryset.order_by().values("pk"))
    number = chosen.count()
    if number > MOST:
        text = gettext("Nothing was confirmed: choose at most %(most)s records at a time, not %(number)s.")
        messages.error(request, text % {"most": MOST, "number": f"{number:,}"})
        return
    without_source = list(chosen.exclude(has_source(queryset.model)))
    today = timezone.localdate()
    with editing(Edit.Kind.CONFIRMED, by=request.user):
        confirmed = chosen.filter(has_source(queryset.model)).select_for_update()
        confirmed = [record for record in confirmed if record.confirmed_on != today]
        for record in confirmed:
            record.confirmed_on = today
            record.save()
    unchanged = number - len(confirmed) - len(without_source)
    if confirmed:
        text = ngettext("%(number)s record was confirmed.", "%(number)s records were confirmed.", len(confirmed))
        messages.success(request, text % {"number": len(confirmed)})
    if unchanged:
        text = ngettext(
            "%(number)s record had been confirmed today before.",
            "%(number)s records had been confirmed today before.",
            unchanged,
        )
        messages.info(request, text % {"number": unchanged})
    if without_source:
        text = gettext("Not confirmed, because they name no source to be held against: %(records)s.")
        messages.warning(request, text % {"records": named(without_source)})


def named(records):
    """“A; B; and 3 more”."""
    names = [str(record) for record in records[:MOST_NAMED]]
    more = len(records) - len(names)
    if more:
        names.append(gettext("and %(number)s more") % {"number": more})
    return "; ".join(names)
