"""Records on which a page breaks easily. All of them are found by the word “hardness”."""

from cooperation.models import Country, Document, Participation, Project
from tests.builders import make_forum, make_lesson, make_project, make_source

LONG_WORD = "Interministerialcooperationagreement" * 5 + "commissionmembership"
TITLES = {
    "title-of-300-characters": ("Exchange of experience on the hardness of drinking water " * 6)[:299] + "s",
    "word-of-200-letters": LONG_WORD,
    "title-in-thai": "โครงการแลกเปลี่ยนความร่วมมือทางวิชาการด้านการประมงระหว่างประเทศไทยกับสาธารณรัฐโคลอมเบียและเปรู",
    "title-in-arabic": "مشروع التعاون بين بلدان الجنوب (FEALAC 2019) في مجال المياه.",
    "title-in-chinese": "中国—拉美和加勒比国家共同体关于可持续渔业与粮食安全的南南合作交流项目",
    "title-in-cyrillic": "Сотрудничество по линии Юг — Юг в области водоснабжения",
    "title-like-html": '<b>Water</b> & <script>alert("hardness")</script> </title> {{ project }} \'"',
}
NUMBER_OF_PARTNERS = 40


def add():
    """Add them to a registry that holds the fixtures."""
    source = make_source(LONG_WORD, slug="hardness", publisher=LONG_WORD)
    without_tile = Country.objects.filter(tile_column=None).first()
    for slug, title in TITLES.items():
        project = make_project(title, slug=slug, summary="A test of hardness.", note=LONG_WORD)
        Participation.objects.create(project=project, role="provider", organisation=LONG_WORD)
        Participation.objects.create(project=project, role="beneficiary", country=without_tile, source=source)
        address = f"https://www.unescap.org/{LONG_WORD}"
        Document.objects.create(project=project, title=title, url=address, category="A08", source=source)
        project.citations.create(fact="title", source=source, value=title)
    add_partners()
    make_forum(f"Hardness {LONG_WORD}"[:200], slug="forum-without-meetings", kind="interregional_platform")
    make_lesson("Hardness without evidence", slug="lesson-without-evidence")


def add_partners():
    project = make_project("A hardness that takes forty", slug="forty-partners")
    roles = [role for role, _label in Project._meta.get_field("participations").related_model.role.field.choices]
    for number, country in enumerate(Country.objects.order_by("-tile_column", "iso3")[:NUMBER_OF_PARTNERS]):
        Participation.objects.create(project=project, role=roles[number % len(roles)], country=country)
