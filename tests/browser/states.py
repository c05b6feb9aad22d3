"""The states of pages that are proven in a real browser: each type of page as it opens, filtered, empty and refused."""

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    name: str
    address: str
    status: int = 200
    signed_in: bool = False  # as a curator


PUBLIC = [
    State("home", "/"),
    State("projects", "/projects/"),
    State("projects filtered", "/projects/?country=THA&role=pivotal&not_theme=health"),
    State("projects empty", "/projects/?q=zzzzqqqq"),
    State("projects refused", "/projects/?country=XXX&page=%C2%B2"),
    State("project", "/projects/mexico-caricom-fao/"),
    State("agencies", "/agencies/"),
    State("agencies refused", "/agencies/?country=XXX"),
    State("agency", "/agencies/abc-brazil/"),
    State("forums", "/forums/"),
    State("forums filtered", "/forums/?kind=interregional_platform"),
    State("forum", "/forums/fealac/"),
    State("funds", "/funds/"),
    State("funds empty", "/funds/?q=zzzzqqqq"),
    State("fund", "/funds/ibsa-fund/"),
    State("countries", "/countries/"),
    State("countries filtered", "/countries/?q=fiji"),
    State("country", "/countries/CHL/"),
    State("country without a tile", "/countries/AGO/"),
    State("flows", "/flows/"),
    State("flows filtered", "/flows/?theme=health&by=country"),
    State("flows empty", "/flows/?q=zzzzqqqq"),
    State("flows refused", "/flows/?giver=XXX"),
    State("champions", "/champions/"),
    State("platforms", "/platforms/"),
    State("compare", "/compare/"),
    State("compare countries", "/compare/?country=THA&country=CHL"),
    State("compare refused", "/compare/?country=THA&country=XXX"),
    State("timeline", "/timeline/"),
    State("timeline filtered", "/timeline/?q=bandung"),
    State("timeline refused", "/timeline/?kind=rumour"),
    State("milestones", "/milestones/"),
    State("milestone", "/milestones/acs-1994/"),
    State("lessons", "/lessons/"),
    State("lesson", "/lessons/champion-countries/"),
    State("sources", "/sources/"),
    State("sources refused", "/sources/?kind=rumour"),
    State("source", "/sources/abc-brazil-introduction/"),
    State("search", "/search/"),
    State("search with hits", "/search/?q=fealac"),
    State("search empty", "/search/?q=zzzzqqqq"),
    State("data", "/data/"),
    State("data dictionary", "/data/dictionary/"),
    State("about", "/about/"),
    State("privacy", "/privacy/"),
    State("accessibility", "/accessibility/"),
    State("report a mistake", "/projects/mexico-caricom-fao/report/"),
    State("mistake reported", "/projects/mexico-caricom-fao/report/thanks/"),
    State("not found", "/projects/no-such-project/", status=404),
]

# The records of hard_records.py.
HARD = [
    State("title of 300 characters", "/projects/title-of-300-characters/"),
    State("word of 200 letters", "/projects/word-of-200-letters/"),
    State("40 partners", "/projects/forty-partners/"),
    State("title in Thai", "/projects/title-in-thai/"),
    State("title in Arabic", "/projects/title-in-arabic/"),
    State("title in Chinese", "/projects/title-in-chinese/"),
    State("title in Cyrillic", "/projects/title-in-cyrillic/"),
    State("title like HTML", "/projects/title-like-html/"),
    State("forum without meetings", "/forums/forum-without-meetings/"),
    State("lesson without evidence", "/lessons/lesson-without-evidence/"),
    State("hard projects", "/projects/?q=hardness"),
    State("hard forums", "/forums/?q=hardness"),
    State("hard search", "/search/?q=hardness"),
]

ADMIN = [
    State("login", "/admin/login/"),
    State("forgotten password", "/admin/password_reset/"),
    State("authenticator app", "/admin/second-factor/", signed_in=True),
    State("admin projects", "/admin/cooperation/project/", signed_in=True),
    State("admin project", "/admin/cooperation/project/add/", signed_in=True),
    State("admin first page", "/admin/", signed_in=True),
    State("admin guide", "/admin/guide/", signed_in=True),
    State("admin change form", "/admin/cooperation/milestone/1/change/", signed_in=True),
    State("admin story", "/admin/cooperation/milestone/1/story/", signed_in=True),
    State("admin merge", "/admin/cooperation/milestone/1/merge/?with=2", signed_in=True),
    State("admin import", "/admin/cooperation/importbatch/add/", signed_in=True),
    State("admin duplicates", "/admin/cooperation/duplicatepair/", signed_in=True),
]

# Lighthouse scores these: home, a list, a record, the matrix.
SCORED = ["/", "/projects/", "/projects/mexico-caricom-fao/", "/flows/"]
