"""From a checked IATI file to what the registry can hold: first of all the files of other publishers."""

from collections import defaultdict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from cooperation.imports.iati_content import ReadActivity, ReadDocument, full_day, out_of_order, shortened
from cooperation.imports.iati_elements import attribute, is_english, line_of, narrative, plain, whole_text
from cooperation.imports.read_budget import read_budget
from cooperation.imports.read_own_iati import read_own
from cooperation.imports.read_partners import read_partners
from cooperation.models import Document, Project, iati_codes

LONGEST_TITLE = Project._meta.get_field("title").max_length
LONGEST_OFFICIAL_ID = Project._meta.get_field("official_id").max_length
OFFICIAL_IDENTIFIERS = (iati_codes.INTERNAL_IDENTIFIER, iati_codes.OTHER_ACTIVITY_IDENTIFIER)
DESCRIPTIONS_IN_ORDER = (
    iati_codes.GENERAL_DESCRIPTION,
    iati_codes.OBJECTIVES,
    iati_codes.TARGET_GROUPS,
    iati_codes.OTHER_DESCRIPTION,
)
# What is not kept, in the order in which it is remarked on.
NOT_KEPT = {
    "transaction": gettext_lazy("Transactions are not kept"),
    "planned-disbursement": gettext_lazy("Planned disbursements are not kept"),
    "country-budget-items": gettext_lazy("Items of a country’s budget are not kept"),
    "location": gettext_lazy("Locations are not kept"),
    "result": gettext_lazy("Results are not kept"),
    "policy-marker": gettext_lazy("Policy markers are not kept"),
    "humanitarian-scope": gettext_lazy("Humanitarian emergencies are not kept"),
    "related-activity": gettext_lazy("Related activities are not kept"),
    "crs-add": gettext_lazy("Details for the OECD’s creditor reports are not kept"),
    "fss": gettext_lazy("Forward spending plans are not kept"),
}


def read_activities(tree, known):
    """`[ReadActivity, ...]` of the `iati-activities` element of an accepted file, in its order."""
    return [read_activity(element, known) for element in tree.findall("iati-activity")]


def read_activity(element, known):
    publisher = settings.IATI_ORGANISATION_ID
    identifier = plain(whole_text(element.find("iati-identifier")))
    is_ours = attribute(element.find("reporting-org"), "ref") == publisher
    if is_ours and identifier.startswith(f"{publisher}-") and identifier != f"{publisher}-":
        return read_own(element, identifier, identifier.removeprefix(f"{publisher}-"), known)
    activity = ReadActivity(line_of(element), identifier, fields={"iati_identifier": identifier})
    read_texts(element, activity)
    read_state(element, activity)
    read_dates(element, activity)
    read_budget(element, activity)
    activity.partners = read_partners(element, activity, known)
    read_subjects(element, activity, known)
    read_documents(element, activity)
    remark_on_the_rest(element, activity)
    return activity


def read_texts(element, activity):
    title, language = narrative(element.find("title"))
    if title:
        activity.fields["title"] = shortened(title, LONGEST_TITLE)
        remark_on_language(activity, "title", element.find("title"), _("The title is not in English"), language)
    if len(title) > LONGEST_TITLE:
        what = _("The title was cut, since it is longer than %(most)s characters") % {"most": LONGEST_TITLE}
        activity.remark(line_of(element.find("title")), what)
    read_summary(element, activity, title)
    for other in element.findall("other-identifier"):
        identifier = attribute(other, "ref")
        if other.get("type") in OFFICIAL_IDENTIFIERS and identifier:
            if len(identifier) <= LONGEST_OFFICIAL_ID:
                activity.fields["official_id"] = identifier
            else:
                activity.remark(line_of(other), _("An identifier is too long and was left out"), identifier[:40])
            return


def read_summary(element, activity, title):
    """One paragraph for each description, the general one first. A repetition of the title says nothing."""
    descriptions = sorted(
        element.findall("description"), key=lambda each: DESCRIPTIONS_IN_ORDER.index(kind_of_description(each))
    )
    texts = {}
    for description in descriptions:
        text, language = narrative(description)
        if text and text != title:
            texts.setdefault(text, (description, language))
    if not texts:
        return
    activity.fields["summary"] = "\n\n".join(texts)
    foreign = [pair for pair in texts.values() if not is_english(pair[1])]
    if foreign:
        description, language = foreign[0]
        remark_on_language(activity, "summary", description, _("The description is not in English"), language)


def kind_of_description(description):
    kind = description.get("type", "")
    return kind if kind in DESCRIPTIONS_IN_ORDER else DESCRIPTIONS_IN_ORDER[0]


def remark_on_language(activity, name, element, what, language):
    if not is_english(language):
        activity.foreign_language.add(name)
        activity.remark(line_of(element), what, language)


def read_state(element, activity):
    status = element.find("activity-status")
    code = attribute(status, "code")
    if code in iati_codes.PROJECT_STATUS:
        activity.fields["status"] = iati_codes.PROJECT_STATUS[code]
    else:
        activity.remark(line_of(status), _("The activity status is no code of IATI"), code)
    collaboration = element.find("collaboration-type")
    code = "" if collaboration is None else attribute(collaboration, "code")
    if code in iati_codes.MODALITY:
        activity.fields["modality"] = iati_codes.MODALITY[code]
    else:
        line = activity.line if collaboration is None else line_of(collaboration)
        detail = _("collaboration type %(code)s") % {"code": code} if code else ""
        activity.remark(line, _("The file does not tell the modality, which a published record needs"), detail)


def read_dates(element, activity):
    for name, codes in (
        ("start", (iati_codes.ACTUAL_START, iati_codes.PLANNED_START)),
        ("end", (iati_codes.ACTUAL_END, iati_codes.PLANNED_END)),
    ):
        dates = [each for code in codes for each in element.findall("activity-date") if each.get("type") == code]
        days = [(each, full_day(attribute(each, "iso-date"))) for each in dates]
        for date, day in days:
            if not day:
                activity.remark(line_of(date), _("A date cannot be held and was left out"), attribute(date, "iso-date"))
        found = next((day for _date, day in days if day), "")
        if found:
            activity.fields[name] = found
    start, end = activity.fields.get("start"), activity.fields.get("end")
    if out_of_order(start, end):
        del activity.fields["start"], activity.fields["end"]
        what = _("The end is before the start: both dates were left out")
        activity.remark(line_of(element.find("activity-date")), what, f"{start} – {end}")


def read_subjects(element, activity, known):
    """Themes and goals, from the sectors of the activity, or else of its transactions, and from its tags."""
    sectors = element.findall("sector") or element.findall("transaction/sector")
    unknown, shared = {}, {}
    for sector in sectors:
        vocabulary, code = sector.get("vocabulary", iati_codes.DAC_SECTORS), attribute(sector, "code")
        if vocabulary == iati_codes.DAC_SECTORS and code in known.themes_of_sector:
            themes = known.themes_of_sector[code]
            activity.themes.add(frozenset(themes))
            if len(themes) > 1:
                names = " / ".join(known.themes[theme].name for theme in themes)
                shared.setdefault(f"{code} = {names}", line_of(sector))
        elif is_own_theme(sector, vocabulary, code, known):
            activity.themes.add(frozenset([code]))
        elif (
            vocabulary in (iati_codes.SECTOR_SDG_GOALS, iati_codes.SECTOR_SDG_TARGETS)
            and goal_number(code) in known.goals
        ):
            activity.goals.add(goal_number(code))
        else:
            unknown.setdefault(
                _("%(code)s (vocabulary %(vocabulary)s)") % {"code": code, "vocabulary": vocabulary}, sector
            )
    if shared:
        what = _("A sector stands for several themes, which were all taken")
        activity.remark(min(shared.values()), what, shared)
    if unknown:
        line = line_of(next(iter(unknown.values())))
        activity.remark(line, _("The registry has no theme for a sector"), unknown)
    read_tags(element, activity, known)


def read_tags(element, activity, known):
    others = []
    for tag in element.findall("tag"):
        number = goal_number(attribute(tag, "code"))
        if tag.get("vocabulary") in (iati_codes.SDG_GOALS, iati_codes.SDG_TARGETS) and number in known.goals:
            activity.goals.add(number)
        else:
            others.append(line_of(tag))
    if others:
        what = _("Tags that are no Sustainable Development Goals are not kept")
        activity.remark_number(others[0], what, len(others))


def is_own_theme(sector, vocabulary, code, known):
    """Whether it is one of our own themes, in a file of somebody who uses our list."""
    uri = attribute(sector, "vocabulary-uri")
    return (
        vocabulary == iati_codes.OWN_VOCABULARY and uri.endswith(f"{reverse('about')}#themes") and code in known.themes
    )


def goal_number(code):
    """The number of the goal in the code of a goal (“3”) or of a target (“3.8”); 0 for any other text."""
    number = code.partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 2 else 0


def read_documents(element, activity):
    """Those documents whose category the registry keeps. An address counts once."""
    left_out, addresses = defaultdict(list), set()
    for link in element.findall("document-link"):
        codes = [attribute(category, "code") for category in link.findall("category")]
        category = next((code for code in codes if code in Document.Category.values), None)
        title, _language = narrative(link.find("title"))
        url = attribute(link, "url")
        if category is None:
            left_out[", ".join(codes)].append(line_of(link))
        elif not is_web_address(url):
            activity.remark(line_of(link), _("The address of a document is no web address: it was left out"), url[:80])
        elif not title:
            activity.remark(line_of(link), _("A document without a title was left out"), url[:80])
        elif url not in addresses:
            addresses.add(url)
            title = shortened(title, Document._meta.get_field("title").max_length)
            activity.documents.append(ReadDocument(url, title, category, document_language(link)))
    for codes, lines in left_out.items():
        what = _("Documents of the IATI category %(codes)s are not kept") % {"codes": codes}
        activity.remark_number(lines[0], what, len(lines))


def is_web_address(url):
    try:
        Document._meta.get_field("url").clean(url, None)
    except ValidationError:
        return False
    return True


def document_language(link):
    codes = [attribute(language, "code").lower() for language in link.findall("language")]
    return next((code for code in codes if len(code) == 2 and code.isascii() and code.isalpha()), "")


def remark_on_the_rest(element, activity):
    """Say how much there is of what is not kept."""
    for name, what in NOT_KEPT.items():
        found = element.findall(name)
        if found:
            activity.remark_number(line_of(found[0]), str(what), len(found))
    others = [child for child in element.iterchildren("{*}*") if etree.QName(child).namespace]
    if others:
        names = {etree.QName(child).localname for child in others}
        activity.remark(line_of(others[0]), _("Elements that the publisher has added to IATI are not kept"), names)
