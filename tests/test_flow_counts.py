"""Every number of the matrix is the length of the list that it leads to: 60 random filters over data with drafts."""

import random

import pytest
from django.db import transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cooperation.filters import ProjectFilterSet
from cooperation.filters.flows import Level
from tests.databases import share
from tests.oracle import fitting_projects
from tests.test_facet_counts import filter_states, scatter
from tests.test_flows import flows_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def scattered(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        scatter(random.Random(1978))
        yield
        transaction.set_rollback(True)


def listed(query):
    """The ids in the list of the projects, which must be what the same means in SQL."""
    filterset = ProjectFilterSet(ProjectFilterSet.parameters(QueryDict(query)))
    assert filterset.problems == []
    assert set(filterset.ids()) == fitting_projects(dict(QueryDict(query).lists()))
    return set(filterset.ids())


@pytest.mark.slow
@pytest.mark.usefixtures("scattered")
@settings(max_examples=share(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_number_is_the_length_of_its_list(data):
    query = QueryDict(mutable=True)
    for name, values in data.draw(filter_states()).items():
        query.setlist(name, values)
    query["by"] = data.draw(st.sampled_from(Level.values))
    flows = flows_of(query.urlencode())
    assert flows.count == len(listed(flows.listed))
    places = [*flows.givers, *flows.receivers]
    for place in data.draw(st.lists(st.sampled_from(places), max_size=3)) if places else []:
        assert place.total == len(listed(place.listed)) > 0
        assert place.narrow == "" or flows_of(place.narrow).count == place.total
    cells = [*flows.cells, *flows.crossings]
    for cell in data.draw(st.lists(st.sampled_from(cells), max_size=4)) if cells else []:
        assert cell.count == len(listed(cell.listed)) > 0
    assert flows.between == len(set().union(*(listed(cell.listed) for cell in flows.crossings)))
