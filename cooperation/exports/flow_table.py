"""What a cell of the matrix of who cooperates with whom says in a table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from cooperation.exports.table import Column, Kind, Table
from cooperation.models import Project


class FlowPlace(Protocol):
    """A region, subregion or country that gives or receives."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str: ...


class FlowCell(Protocol):
    """In how many projects the one place gives and the other receives."""

    @property
    def giver(self) -> FlowPlace: ...

    @property
    def receiver(self) -> FlowPlace: ...

    @property
    def count(self) -> int: ...


@dataclass(frozen=True)
class Batch:
    """Some cells of the matrix."""

    cells: Sequence[FlowCell]


@dataclass(frozen=True)
class FlowTable(Table):
    """The same for cells, which are counted already: they themselves stand in the place of ids."""

    def batches(self, cells: Sequence[FlowCell], site: str) -> Iterator[Batch]:
        yield Batch(cells)


def each_cell(value_of: Callable[[FlowCell], Any]) -> Callable[[Batch], list[Any]]:
    return lambda batch: [value_of(cell) for cell in batch.cells]


FlowColumns = FlowTable(
    Project,
    "flows",
    _("Flows"),
    (
        Column(
            "giver_code",
            _("giver (code)"),
            _("Region, M49 subregion, or ISO 3166-1 alpha-3 code of a country."),
            Kind.CODE,
            each_cell(lambda cell: cell.giver.code),
        ),
        Column("giver", _("giver"), _("Who gives."), Kind.TEXT, each_cell(lambda cell: cell.giver.label)),
        Column(
            "receiver_code",
            _("receiver (code)"),
            _("As for the giver."),
            Kind.CODE,
            each_cell(lambda cell: cell.receiver.code),
        ),
        Column("receiver", _("receiver"), _("Who receives."), Kind.TEXT, each_cell(lambda cell: cell.receiver.label)),
        Column(
            "projects",
            _("projects"),
            _("Projects in which the one gives and the other receives."),
            Kind.NUMBER,
            each_cell(lambda cell: cell.count),
        ),
    ),
)
