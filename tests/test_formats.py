"""Lists in other formats: what each file says, whatever record type it is, and how bad questions are answered."""

import json
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cooperation.exports.columns import TABLES
from cooperation.exports.files import XLSX, list_formats
from cooperation.models import PUBLIC_RECORDS, Country, Forum, Fund, Participation, Project, Record, Source
from tests import builders
from tests.files import ATOM, atom_entries, content, csv_rows, json_pages, workbook, xlsx_rows
from tests.planting import link_to_published, plant
from tests.records import cite, make_record

pytestmark = pytest.mark.django_db

every_record_type = pytest.mark.parametrize("model", PUBLIC_RECORDS, ids=lambda model: model._meta.model_name)
every_list_in_every_format = pytest.mark.parametrize(
    ("model", "suffix"), [(model, each.suffix) for model in PUBLIC_RECORDS for each in list_formats(model)]
)
DANGEROUS_TEXTS = [
    '=HYPERLINK("https://example.org","Open")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\tTabbed",
    "'=quoted",
    "＝1+1",
]


@pytest.fixture
def no_cache(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


def address(model, suffix):
    return reverse(f"{model._meta.model_name}_list_{suffix}")


def make_exchanges(number):
    """That many published projects without anything else."""
    given = {"modality": "bilateral", "publication_status": "published"}
    Project.objects.bulk_create(
        Project(slug=f"exchange-{each}", title=f"Exchange {each}", **given) for each in range(number)
    )


def named(record):
    return getattr(record, "title", "") or record.name


@every_record_type
def test_every_column_is_named_once_and_explained(model):
    tables = [TABLES[model], *TABLES[model].parts]
    for table in tables:
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names)), table.name
        unexplained = [column.name for column in table.columns if len(str(column.meaning)) < 10 or not column.label]
        assert unexplained == [], table.name


@every_record_type
def test_csv_has_one_header_row_and_one_row_for_each_record(client, model):
    record = make_record(model)
    make_record(model, 1)
    rows = csv_rows(client, address(model, "csv"))
    assert list(rows[0]) == [column.name for column in TABLES[model].columns]
    assert len(rows) == len(model.objects.published())
    row = next(row for row in rows if row["id"] == record.public_id)
    assert row.get("title", row.get("name")) == named(record)
    assert row["url"] == f"http://testserver{record.get_absolute_url()}"


@every_record_type
def test_json_gives_the_same_values_typed(client, model):
    record = make_record(model)
    found = {row["id"]: row for page in json_pages(client, address(model, "json")) for row in page["results"]}
    row = found[record.public_id]
    assert [*row] == [*(column.name for column in TABLES[model].columns), *(part.name for part in TABLES[model].parts)]
    assert row.get("title", row.get("name")) == named(record)
    assert "" not in row.values()


@every_record_type
def test_workbook_says_what_it_is_and_has_a_sheet_for_each_table(client, model):
    record = make_record(model)
    book = workbook(client, address(model, "xlsx"))
    assert book.sheetnames == ["Read me", TABLES[model].name, *(part.name for part in TABLES[model].parts)]
    told = [cell for row in book["Read me"].iter_rows(values_only=True) for cell in row if cell]
    assert "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/" in told
    assert str(model.objects.published().count()) in told
    assert record.public_id in [row["id"] for row in xlsx_rows(client, address(model, "xlsx"), TABLES[model].name)]


@every_record_type
def test_feed_has_an_entry_for_each_record(client, model):
    record = make_record(model)
    entries = {each.find(f"{ATOM}id").text: each for each in atom_entries(client, address(model, "atom"))}
    assert len(entries) == model.objects.published().count()
    entry = entries[f"http://testserver{record.get_absolute_url()}"]
    assert entry.find(f"{ATOM}title").text == named(record)
    assert entry.find(f"{ATOM}updated").text.startswith("20")


@pytest.mark.slow
@pytest.mark.usefixtures("no_cache")
@every_list_in_every_format
def test_format_asks_the_database_as_often_for_three_records_as_for_one(client, model, suffix):
    partner = builders.make_agency("United Nations Office for South-South Cooperation", country=None)

    def queries():
        content(client, address(model, suffix))
        with CaptureQueriesContext(connection) as captured:
            content(client, address(model, suffix))
        return len(captured)

    make_record(model, 0, partner=partner)
    for_one = queries()
    make_record(model, 1, partner=partner)
    make_record(model, 2, parts=3, partner=partner)
    assert queries() == for_one


@pytest.mark.slow
@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
@pytest.mark.parametrize(
    "model", [model for model in PUBLIC_RECORDS if issubclass(model, Record)], ids=lambda model: model._meta.model_name
)
def test_unpublished_record_is_in_no_file(client, model, status):
    record = plant(model, status, "zanzibarine")
    link_to_published(record)
    if model in (Forum, Fund):
        beside_it = Project.objects.get(slug=f"project-beside-the-{model._meta.model_name}")
        cite(beside_it, model._meta.model_name, builders.make_source(), "zanzibarine")
    for listed in PUBLIC_RECORDS:
        stem = listed._meta.model_name
        files = [address(listed, each.suffix) for each in list_formats(listed) if each is not XLSX]
        files += [reverse(f"{stem}_{part.name}_csv") for part in TABLES[listed].parts]
        assert [each for each in files if b"zanzibarine" in content(client, each).lower()] == []
        cells = [
            cell
            for sheet in workbook(client, address(listed, "xlsx"))
            for row in sheet.iter_rows(values_only=True)
            for cell in row
        ]
        assert [cell for cell in cells if "zanzibarine" in str(cell).lower()] == []


def test_partners_stand_in_a_table_of_their_own_with_their_roles(client):
    project = builders.make_project(partners=[("pivotal", "THA"), ("beneficiary", "COL"), ("beneficiary", "PER")])
    agency = builders.make_agency()
    Participation.objects.create(project=project, role="funding", agency=agency, start="2019-03")
    Participation.objects.create(project=project, role="implementing", organisation="UNOPS")
    rows = csv_rows(client, "/projects.partners.csv")
    assert [(row["project"], row["role"], row["country"], row["agency"], row["organisation"]) for row in rows] == [
        (project.slug, "pivotal", "THA", "", ""),
        (project.slug, "beneficiary", "COL", "", ""),
        (project.slug, "beneficiary", "PER", "", ""),
        (project.slug, "funding", "", agency.slug, ""),
        (project.slug, "implementing", "", "", "UNOPS"),
    ]
    assert rows[0]["role_label"] == "Pivotal partner"
    assert rows[3]["start"] == "2019-03"
    [row] = csv_rows(client, "/projects.csv")
    assert row["partner_countries"] == "THA; COL; PER"
    assert row["partner_countries_names"] == "Thailand; Colombia; Peru"
    assert row["partners_in_words"] == (
        "Pivotal partner: Thailand; Beneficiary: Colombia; Beneficiary: Peru; "
        "Funder: Thailand International Cooperation Agency; Implementing body: UNOPS"
    )
    [in_json] = client.get("/projects.json").json()["results"]
    assert in_json["partner_countries"] == ["THA", "COL", "PER"]
    assert in_json["partners"][0]["country"] == "THA"


def test_filter_holds_for_the_parts_as_well(client):
    builders.make_project("Fishery advice", partners=[("provider", "FJI"), ("beneficiary", "BRB")])
    builders.make_project("Digital trade", partners=[("provider", "THA"), ("beneficiary", "COL")])
    rows = csv_rows(client, "/projects.partners.csv?country=FJI")
    assert [row["country"] for row in rows] == ["FJI", "BRB"]


def test_csv_names_its_filter_rows_time_licence_and_citation(client):
    builders.make_project(partners=[("pivotal", "THA")])
    answer = client.get("/projects.csv?country=THA&role=pivotal")
    assert answer["Portal-Title"] == "Projects where Thailand is pivotal partner"
    assert answer["Portal-Records"] == "1"
    assert answer["Portal-Licence"] == "CC BY 4.0"
    today = f"{timezone.now():%Y-%m-%d}"
    assert answer["Portal-As-Of"].startswith(today)
    assert answer["Content-Disposition"] == (
        f'attachment; filename="projects-where-thailand-is-pivotal-partner_1-records_{today}_cc-by-4.0.csv"'
    )
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in answer["Link"]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "Projects"),
        ("country=THA", "Projects with Thailand"),
        ("country=THA&country=COL", "Projects with Colombia or Thailand"),
        ("country=THA&country=COL&country_match=all", "Projects with Colombia and Thailand"),
        ("country=THA&role=pivotal", "Projects where Thailand is pivotal partner"),
        ("country=THA&role=both&role=provider", "Projects where Thailand gives and receives or is provider"),
        ("country=THA&theme=fisheries", "Projects with Thailand (Theme: Fisheries)"),
        ("not_theme=fisheries&status=completed", "Projects (Activity status: Completed; Theme: without Fisheries)"),
        ("q=digital%0Atrade", "Projects (Words: digital trade)"),
    ],
)
def test_title_says_the_filter_in_words(client, query, title):
    builders.make_project(partners=[("pivotal", "THA"), ("beneficiary", "COL")], themes=["Fisheries"])
    assert client.get(f"/projects.json?{query}").json()["title"] == title
    assert client.get(f"/projects.csv?{query}")["Portal-Title"] == title
    assert f"<title>{title}</title>" in content(client, f"/projects.atom?{query}").decode()


def test_byte_order_mark_comes_only_when_asked_for(client):
    builders.make_agency(native_name="กรมความร่วมมือระหว่างประเทศ")
    plain, marked = content(client, "/agencies.csv"), content(client, "/agencies.csv?bom=1")
    assert marked == b"\xef\xbb\xbf" + plain
    assert "กรมความร่วมมือระหว่างประเทศ" in plain.decode()


@pytest.mark.parametrize("text", DANGEROUS_TEXTS)
def test_text_that_looks_like_a_formula_runs_in_no_spreadsheet(client, text):
    builders.make_project(text, slug="formula")
    cell = content(client, "/projects.csv").decode().split("\r\n")[1].split(",")[2]
    assert cell.startswith("\"'")
    assert [row["title"] for row in csv_rows(client, "/projects.csv")] == [text]
    title = workbook(client, "/projects.xlsx")["projects"]["C2"]
    assert (title.data_type, title.value, title.quotePrefix) == ("s", text, True)


def test_workbook_types_numbers_amounts_and_whole_days_and_leaves_a_year_a_year(client):
    builders.make_project(
        start="2019-03-12",
        end="2021",
        budget_amount="275525.50",
        budget_currency="USD",
        official_id="0042",
        confirmed_on=date(2026, 6, 1),
    )
    [row] = xlsx_rows(client, "/projects.xlsx", "projects")
    assert row["start"] == datetime(2019, 3, 12)
    assert row["end"] == "2021"
    assert row["budget_amount"] == 275525.5
    assert row["official_id"] == "0042"
    assert row["confirmed_on"] == datetime(2026, 6, 1)
    assert row["forum"] is None


def test_json_types_what_csv_writes_as_text(client):
    builders.make_project(start="2019", budget_amount="275525.00", budget_currency="USD", themes=["Trade", "Fisheries"])
    [row] = client.get("/projects.json").json()["results"]
    assert (row["start"], row["end"], row["budget_amount"]) == ("2019", None, 275525)
    assert (row["themes"], row["themes_names"]) == (["fisheries", "trade"], ["Fisheries", "Trade"])
    assert row["forum"] is None
    [row] = csv_rows(client, "/projects.csv")
    assert (row["start"], row["end"], row["budget_amount"]) == ("2019", "", "275525.00")


def test_csv_writes_truth_values_as_yes_and_no(client):
    builders.make_country("FJI")
    [row] = csv_rows(client, "/countries.csv")
    assert (row["id"], row["sids"], row["ldc"]) == ("FJI", "yes", "no")


def test_json_pages_lead_from_one_to_the_next_and_back(client):
    for number in range(7):
        builders.make_project(f"Exchange {number}")
    pages = json_pages(client, "/projects.json?per=3")
    assert [(page["page"], page["pages"], page["count"], len(page["results"])) for page in pages] == [
        (1, 3, 7, 3),
        (2, 3, 7, 3),
        (3, 3, 7, 1),
    ]
    assert client.get(pages[2]["previous"]).json()["results"] == pages[1]["results"]
    assert len(client.get("/projects.json?per=200").json()["results"]) == 7


def test_updated_since_gives_what_changed_and_what_was_withdrawn(client):
    old, changed, gone, draft = (
        builders.make_project(title, publication_status=status)
        for title, status in [
            ("Old exchange", "published"),
            ("Changed exchange", "published"),
            ("Withdrawn exchange", "withdrawn"),
            ("Draft exchange", "draft"),
        ]
    )
    Project.objects.filter(pk=old.pk).update(updated="2025-01-01T00:00:00Z")
    Project.objects.exclude(pk=old.pk).update(updated="2026-11-02T08:30:00Z")
    answer = client.get("/projects.json?updated_since=2026-11-01").json()
    assert [row["id"] for row in answer["results"]] == [changed.slug]
    assert answer["withdrawn"] == [{"id": gone.slug, "withdrawn": "2026-11-02T08:30:00Z"}]
    later = client.get("/projects.json?updated_since=2026-11-02T08:31:00Z").json()
    assert (later["results"], later["withdrawn"]) == ([], [])
    assert [row["id"] for row in csv_rows(client, "/projects.csv?updated_since=2026-11-01")] == [changed.slug]
    assert "withdrawn" not in client.get("/projects.json").json()
    assert draft.slug not in json.dumps(answer)


def test_sources_and_countries_note_no_change_and_ignore_the_question(client):
    make_record(Source)
    assert client.get("/sources.json?updated_since=2099-01-01").json()["count"] == Source.objects.published().count()


def test_control_characters_break_no_format(client):
    builders.make_project("Exchange\x0b of\x1f nurses", slug="exchange", summary="From\x01 Cuba")
    for each in list_formats(Project):
        content(client, address(Project, each.suffix))
    assert atom_entries(client, "/projects.atom")[0].find(f"{ATOM}title").text == "Exchange of nurses"
    assert client.get("/projects.json").json()["results"][0]["title"] == "Exchange\x0b of\x1f nurses"


@pytest.mark.slow
def test_long_file_is_streamed_whole(client):
    make_exchanges(4_100)
    answer = client.get("/projects.csv?sort=title")
    assert answer.streaming
    assert len(csv_rows(client, "/projects.csv?sort=title")) == 4_100
    head = client.head("/projects.csv?sort=title")
    assert (head.status_code, head["Portal-Records"], b"".join(head.streaming_content)) == (200, "4100", b"")


@pytest.mark.slow
@every_list_in_every_format
def test_format_is_kept_until_a_record_changes(client, model, suffix):
    record = make_record(model)
    first = client.get(address(model, suffix))
    again = client.get(address(model, suffix), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    record.note = "Changed"
    record.title = record.name = "A new name" if model is not Country else record.name
    record.save()
    assert client.get(address(model, suffix), headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_file_may_be_read_by_pages_of_others(client):
    assert client.get("/projects.json")["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get("/projects/")


def test_agency_speaks_of_its_own_country(client):
    builders.make_agency(website="https://tica-thaigov.mfa.go.th", former_names="DTEC\nTICA office")
    [row] = client.get("/agencies.json").json()["results"]
    assert (row["country"], row["country_name"], row["former_names"]) == ("THA", "Thailand", ["DTEC", "TICA office"])
