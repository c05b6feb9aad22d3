"""Fixtures in batches: the rows of `loaddata`, in a tenth of the time, and what is refused."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cooperation.management.commands.setup import FIXTURES
from cooperation.management.fixtures import load_fixtures
from cooperation.models import Agency, Country, Edit, Forum, Project, Source, Theme, registry_models

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MODELS = registry_models(include_auto_created=True)
TUVALU = """
- model: cooperation.country
  fields: {iso3: TUV, iso2: TV, m49: '798', name: Tuvalu, portal_region: asia_pacific, subregion: '061'}
"""


def every_row():
    """`{model: rows}` of the registry in the order of their ids, with places in that order instead of ids.

    Rows that link two records have no place of their own: they are sorted.
    """
    places = {model: {pk: place for place, pk in enumerate(pks_of(model))} for model in MODELS}
    found = {}
    for model in MODELS:
        fields = [
            field for field in model._meta.concrete_fields if not (field.primary_key and model._meta.auto_created)
        ]
        rows = [
            tuple(places[referred_to(field)].get(value) if referred_to(field) else value for field, value in pairs)
            for row in model._base_manager.order_by("pk").values_list(*[field.attname for field in fields])
            for pairs in [list(zip(fields, row, strict=True))]
        ]
        found[model._meta.label] = sorted(rows) if model._meta.auto_created else rows
    return found


def pks_of(model):
    return model._base_manager.order_by("pk").values_list("pk", flat=True)


def referred_to(field):
    return field.model if field.primary_key else field.related_model


def loaded(load):
    """`every_row()` after `load()`, of which nothing stays."""
    with transaction.atomic():
        load()
        rows = every_row()
        transaction.set_rollback(True)
    return rows


def write(folder, text, name="01_example.yaml"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_fixtures_loaded_in_batches_are_row_for_row_what_loaddata_gives(settings):
    settings.SIMPLE_HISTORY_ENABLED = False
    in_batches = loaded(lambda: load_fixtures(FIXTURES))
    assert in_batches == loaded(lambda: call_command("loaddata", *map(str, FIXTURES), verbosity=0))
    assert sum(map(len, in_batches.values())) > 10_000


def test_fixtures_of_many_records_take_no_more_statements_than_those_of_a_few(tmp_path):
    def statements(number):
        themes = [f"- model: cooperation.theme\n  fields: {{code: t{n}, name: Theme {n}}}\n" for n in range(number)]
        path = write(tmp_path, "".join(themes))
        with (
            CaptureQueriesContext(
                connection,
            ) as captured,
            transaction.atomic(),
        ):
            load_fixtures([path])
            assert Theme.objects.count() == number
            transaction.set_rollback(True)
        return len(captured)

    assert statements(100) == statements(3)


def test_fixtures_leave_no_copies_in_the_history_and_take_over_the_dates_of_the_files(tmp_path):
    agency = "- model: cooperation.agency\n  fields: {slug: tica, name: TICA, kind: cooperation_agency, "
    load_fixtures([write(tmp_path, agency + "created: '2026-11-24T00:00:00Z', updated: '2026-11-25T00:00:00Z'}\n")])
    tica = Agency.objects.get(slug="tica")
    assert (f"{tica.created:%Y-%m-%d}", f"{tica.updated:%Y-%m-%d}", tica.version) == ("2026-11-24", "2026-11-25", 1)
    assert (Agency.history.count(), Edit.objects.count()) == (0, 0)


def test_fixtures_refer_to_rows_that_come_later_in_the_same_file_and_in_others(tmp_path):
    agencies = """
- model: cooperation.agency
  fields: {slug: agci-training, name: Training unit, kind: ministry_department, parent: [agcid], country: [TUV]}
- model: cooperation.agency
  fields: {slug: agcid, name: AGCID, kind: cooperation_agency}
"""
    load_fixtures([write(tmp_path, agencies), write(tmp_path, TUVALU, "02_later.yaml")])
    unit = Agency.objects.get(slug="agci-training")
    assert (unit.parent.slug, unit.country.iso3) == ("agcid", "TUV")


def test_fixtures_link_each_value_of_a_list_once_in_the_order_of_the_file(tmp_path):
    text = """
- model: cooperation.theme
  fields: {code: trade, name: Trade}
- model: cooperation.theme
  fields: {code: culture, name: Culture}
- model: cooperation.forum
  fields: {slug: fealac, name: FEALAC, kind: interregional_platform, themes: [[trade], [culture], [trade]]}
"""
    load_fixtures([write(tmp_path, text)])
    links = Forum.themes.through.objects.order_by("pk").values_list("forum__slug", "theme__code")
    assert list(links) == [("fealac", "trade"), ("fealac", "culture")]


def test_records_added_after_the_fixtures_get_ids_of_their_own(tmp_path):
    load_fixtures([write(tmp_path, TUVALU)])
    nauru = Country.objects.create(iso3="NRU", iso2="NR", m49="520", name="Nauru", portal_region="asia_pacific")
    assert nauru.pk > Country.objects.get(iso3="TUV").pk


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- model: cooperation.theme\n  fields: [code", "while parsing"),
        ("- model: cooperation.milestone\n  fields: {date: 2026-02-31}\n", "day is out of range"),
        ("- model: cooperation.theme\n  fields: {code: !!bool maybe}\n", "'maybe'"),
        ("- model: cooperation.theme\n  fields: {code: !!timestamp today}\n", ""),
        (f"- model: cooperation.theme\n  fields: {{code: {'7' * 5000}}}\n", "Exceeds the limit"),
        (
            "- model: cooperation.theme\n  fields: {code: trade, name: [Trade, Commerce]}\n",
            "entry 1 (cooperation.theme): name must be a single value",
        ),
        (
            TUVALU.replace("subregion: '061'", f"subregion: '061', tile_row: 1{'0' * 30}"),
            "entry 1 (cooperation.country): ",
        ),
        ("model: cooperation.theme\n", "it must be a list of entries"),
        ("", "it must be a list of entries"),
        ("- model: cooperation.theme\n", "entry 1 must be a model and fields, and nothing else"),
        (
            "- model: cooperation.theme\n  pk: 7\n  fields: {code: trade, name: Trade}\n",
            "entry 1 must be a model and fields, and nothing else",
        ),
        (
            "- model: cooperation.theme\n  fields: {id: 7, code: trade, name: Trade}\n",
            "entry 1 (cooperation.theme): id: ids are given by the database",
        ),
        ("- model: cooperation.sauce\n  fields: {}\n", "entry 1 (cooperation.sauce): fixtures can hold no such model"),
        ("- model: auth.user\n  fields: {username: ana}\n", "entry 1 (auth.user): fixtures can hold no such model"),
        ("- model: cooperation.edit\n  fields: {}\n", "entry 1 (cooperation.edit): fixtures can hold no such model"),
        (
            f"{TUVALU}- model: cooperation.theme\n  fields: {{code: trade, nmae: Trade}}\n",
            "entry 2 (cooperation.theme): Theme has no field named 'nmae'",
        ),
        (
            "- model: cooperation.theme\n  fields: {code: trade, name: Trade, projects: [[rice-seeds]]}\n",
            "entry 1 (cooperation.theme): projects is stated by the rows of cooperation.project",
        ),
        (
            "- model: cooperation.source\n  fields: {slug: page, retrieved: soon}\n",
            "entry 1 (cooperation.source): retrieved: ['“soon” value has an invalid date format.",
        ),
        (
            "- model: cooperation.agency\n  fields: {slug: a, name: A, kind: ministry, country: [XXX]}\n",
            "entry 1 (cooperation.agency): country: there is no cooperation.country ['XXX']",
        ),
        (
            "- model: cooperation.agency\n  fields: {slug: a, name: A, kind: ministry, country: 5}\n",
            "entry 1 (cooperation.agency): country: there is no cooperation.country 5",
        ),
        (
            "- model: cooperation.agency\n  fields: {slug: a, name: A, kind: ministry, parent: [nobody]}\n",
            "entry 1 (cooperation.agency): parent: there is no cooperation.agency ['nobody']",
        ),
        (
            "- model: cooperation.forum\n  fields: {slug: f, name: F, kind: network, themes: [[trade]]}\n",
            "entry 1 (cooperation.forum): themes: there is no cooperation.theme ['trade']",
        ),
        (
            "- model: cooperation.forum\n  fields: {slug: f, name: F, kind: network, themes: trade}\n",
            "entry 1 (cooperation.forum): themes must be a list",
        ),
        (f"{TUVALU}{TUVALU}", "entry 2 (cooperation.country): "),
        (
            "- model: cooperation.theme\n  fields: {code: trade, name: Trade}\n"
            "- model: cooperation.theme\n  fields: {code: culture, name: null}\n",
            "entry 2 (cooperation.theme): ",
        ),
    ],
)
def test_faulty_fixture_is_refused_whole_with_the_entry_and_the_reason(tmp_path, text, reason):
    in_order = write(tmp_path, "- model: cooperation.theme\n  fields: {code: in-order, name: In order}\n")
    with pytest.raises(CommandError) as refused, transaction.atomic():
        load_fixtures([in_order, write(tmp_path, text, "02_faulty.yaml")])
    prefix = "The fixtures were not loaded. In fixtures/02_faulty.yaml: "
    assert str(refused.value).startswith(prefix + reason)
    assert [
        model.__name__ for model in (Theme, Country, Source, Agency, Forum, Project) if model.objects.exists()
    ] == []


@pytest.mark.parametrize(
    ("model", "fields", "rule"),
    [
        (
            "cooperation.project",
            "slug: rice, title: Rice, modality: bilateral, status: completed, start: '2020', end: '2019'",
            "project_end_after_start",
        ),
        (
            "cooperation.agency",
            "slug: tica, name: TICA, kind: cooperation_agency, parent: [mfa], parent_name: Ministry",
            "agency_parent_once",
        ),
    ],
)
def test_fixture_that_breaks_a_rule_of_the_database_names_it_and_the_entry(tmp_path, model, fields, rule):
    ministry = "- model: cooperation.agency\n  fields: {slug: mfa, name: Ministry of Foreign Affairs, kind: ministry}\n"
    path = write(tmp_path, f"{ministry}- model: {model}\n  fields: {{{fields}}}\n")
    with pytest.raises(CommandError, match=rf"entry 2 \({model}\): .*{rule}"):
        load_fixtures([path])


def test_fixture_that_cannot_be_read_is_named(tmp_path):
    latin = tmp_path / "01_latin.yaml"
    latin.write_bytes("- model: cooperation.theme\n  fields: {code: educacion, name: Educación}\n".encode("latin-1"))
    with pytest.raises(CommandError, match=r"In fixtures/01_latin\.yaml: .*can't decode"):
        load_fixtures([latin])
