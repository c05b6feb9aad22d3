"""What can be asked of the matrix of who cooperates with whom: all that is asked of projects, and by which places."""

from functools import cached_property
from typing import Any

from django.db import models
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cooperation.filters.kinds import SwitchFilter
from cooperation.filters.paging import PagingForm
from cooperation.filters.project import ProjectFilterSet
from cooperation.filters.shown import Input
from cooperation.filters.sides import MAY_GIVE, MAY_RECEIVE, SideRoleFilter

SIDE_FILTERS = ("giver", "giver_role", "receiver", "receiver_role")


class Level(models.TextChoices):
    """By which places the matrix is drawn."""

    REGION = "region", _("region")
    SUBREGION = "subregion", _("M49 subregion")
    COUNTRY = "country", _("country or area")


class LevelFilter(SwitchFilter):
    """Which `Level` is drawn; it leaves nothing out."""

    @property
    def switch(self) -> list[tuple[str, str | Promise]]:
        return [("" if code == Level.SUBREGION else code, capfirst(label)) for code, label in Level.choices]


class FlowsFilterSet(ProjectFilterSet):
    PAGE = _("Flows")

    giver_role = SideRoleFilter(
        "giver",
        MAY_GIVE,
        label=_("Role of who gives"),
        help_text=_("Without a choice: provider, pivotal, facilitating, or giving and receiving."),
    )
    receiver_role = SideRoleFilter(
        "receiver",
        MAY_RECEIVE,
        label=_("Role of who receives"),
        help_text=_("Without a choice: beneficiary, or giving and receiving."),
    )
    by = LevelFilter(label=_("Rows and columns by"), choices=Level.choices, empty_label=None)

    @classmethod
    def parameters(cls, query: QueryDict) -> QueryDict:
        known = super().parameters(query)
        for name in PagingForm.base_fields:
            known.pop(name, None)
        if known.getlist("by") == [Level.SUBREGION]:
            del known["by"]
        return known

    @cached_property
    def asked(self) -> dict[str, Any]:
        return {name: value for name, value in super().asked.items() if name != "by"}

    @property
    def level(self) -> Level:
        return Level(self.data.get("by") or Level.SUBREGION)

    @property
    def title(self) -> str:
        has_level = "by" in self.data and self.is_valid()
        return f"{super().title}; {self.filters['by'].label}: {self.level.label}" if has_level else super().title

    @property
    def inputs(self) -> list[Input]:
        """By which places comes first."""
        return sorted(super().inputs, key=lambda each: each.name != "by")

    @property
    def order_inputs(self) -> list[Input]:
        return []

    @property
    def drawn_filters(self) -> list[str]:
        """Who gives and who receives come first."""
        return sorted(super().drawn_filters, key=lambda name: name not in SIDE_FILTERS)
