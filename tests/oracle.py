"""What each filter of the projects means, said once more in plain ORM: the tests hold the counts against it."""

from django.db.models import Q

from cooperation.models import Country, Membership, Participation, Project

GROUPS = ("sids", "ldc", "lldc")


def projects_of(parts):
    return Project.objects.filter(pk__in=parts.values("project"))


def with_partner_in(countries):
    return projects_of(Participation.objects.filter(country__in=countries))


def in_any(meanings, codes):
    """The projects that fit one of the codes; `meanings(code)` is a queryset."""
    fitting = set()
    for code in codes:
        fitting |= set(meanings(code).values_list("pk", flat=True))
    return fitting


def of_scope(code):
    asia_pacific = with_partner_in(Country.objects.filter(portal_region="asia_pacific")).values("pk")
    lac = with_partner_in(Country.objects.filter(portal_region="lac")).values("pk")
    conditions = {
        "interregional": Q(pk__in=asia_pacific) & Q(pk__in=lac),
        "asia_pacific": Q(pk__in=asia_pacific) & ~Q(pk__in=lac),
        "lac": ~Q(pk__in=asia_pacific) & Q(pk__in=lac),
        "other": ~Q(pk__in=asia_pacific) & ~Q(pk__in=lac),
    }
    return Project.objects.filter(conditions[code])


def of_group(code):
    return with_partner_in(Country.objects.filter(**{code: True}))


def has_source(code):
    sourced = Q(citations__isnull=False) | Q(participations__source__isnull=False) | Q(documents__source__isnull=False)
    ids = Project.objects.filter(sourced).values("pk")
    return Project.objects.filter(pk__in=ids) if code == "yes" else Project.objects.exclude(pk__in=ids)


def members(forum, year):
    """The countries that belong to a forum: today, or at some time in a year."""
    rows = Membership.objects.filter(forum__slug=forum)
    found = []
    for row in rows:
        if row.kind in ("observer", "partner"):
            continue
        is_member_now = row.left == "" and row.kind in ("member", "associate")
        if year is None:
            belongs = is_member_now
        else:
            joined = int((row.joined or row.forum.established or "0001")[:4])
            belongs = joined <= year and (is_member_now or (row.left != "" and int(row.left[:4]) >= year))
        if belongs:
            found.append(row.country_id)
    return found


GIVING, RECEIVING = ("provider", "pivotal", "facilitating", "both"), ("beneficiary", "both")
SIDES = {"giver": GIVING, "receiver": RECEIVING}


def in_place(code):
    return Q(country__iso3=code) | Q(country__subregion=code) | Q(country__portal_region=code)


def with_role(code):
    return projects_of(Participation.objects.filter(country__isnull=False, role=code))


def on_side(name, asked):
    """The ids of the projects with a country on one side: one of the places and in one of the roles that are asked."""
    places, roles = asked.get(name, []), asked.get(f"{name}_role", SIDES[name])
    parts = Participation.objects.filter(country__isnull=False, role__in=roles)
    found = [set(parts.filter(in_place(code)).values_list("project", flat=True)) for code in places]
    return set.union(*found) if places else set(parts.values_list("project", flat=True))


MEANINGS_OF_SIDES = {
    "giver": lambda code: projects_of(Participation.objects.filter(in_place(code), role__in=GIVING)),
    "receiver": lambda code: projects_of(Participation.objects.filter(in_place(code), role__in=RECEIVING)),
    "giver_role": with_role,
    "receiver_role": with_role,
}
MEANINGS = {
    "modality": lambda code: Project.objects.filter(modality=code),
    "status": lambda code: Project.objects.filter(status=code),
    "theme": lambda code: Project.objects.filter(themes__code=code),
    "goal": lambda code: Project.objects.filter(goals__number=code),
    "instrument": lambda code: Project.objects.filter(instruments__code=code),
    "forum": lambda code: Project.objects.filter(forum__slug=code),
    "fund": lambda code: Project.objects.filter(fund__slug=code),
    "agency": lambda code: projects_of(Participation.objects.filter(agency__slug=code)),
    "region": lambda code: with_partner_in(Country.objects.filter(portal_region=code)),
    "subregion": lambda code: with_partner_in(Country.objects.filter(subregion=code)),
    "income": lambda code: with_partner_in(Country.objects.filter(income_group=code)),
    "group": of_group,
    "scope": of_scope,
    "has_source": has_source,
    "has_budget": lambda code: Project.objects.filter(budget_amount__isnull=code == "no"),
}


def partners(asked):
    """The ids of the projects that fit what is asked of countries and roles."""
    countries, roles = asked.get("country", []), asked.get("role", [])
    parts = Participation.objects.filter(role__in=roles) if roles else Participation.objects.all()
    if not countries:
        return set(parts.values_list("project", flat=True))
    found = [set(parts.filter(country__iso3=each).values_list("project", flat=True)) for each in countries]
    return set.intersection(*found) if asked.get("country_match") == ["all"] else set.union(*found)


def takes_place(project, first, last):
    """Whether the project’s own dates touch the years."""
    years = [int(date[:4]) for date in (project.start or project.end, project.end or project.start) if date]
    return bool(years) and (first is None or years[1] >= first) and (last is None or years[0] <= last)


def fitting_projects(asked):
    """The ids of the public projects that fit `asked`, `{name: [value, ...]}`."""
    fitting = set(Project.objects.filter(publication_status="published").values_list("pk", flat=True))
    for name, codes in asked.items():
        if name in MEANINGS:
            fitting &= in_any(MEANINGS[name], codes)
        elif name.startswith("not_"):
            meanings = {**MEANINGS, **MEANINGS_OF_SIDES}.get(
                name[4:], lambda code, name=name: Project.objects.filter(pk__in=partners({name[4:]: [code]}))
            )
            fitting -= in_any(meanings, codes)
    if "country" in asked or "role" in asked:
        fitting &= partners(asked)
    for side in SIDES:
        if side in asked or f"{side}_role" in asked:
            fitting &= on_side(side, asked)
    if "member_of" in asked:
        year = int(asked["as_of"][0]) if "as_of" in asked else None
        countries = [country for forum in asked["member_of"] for country in members(forum, year)]
        fitting &= set(with_partner_in(countries).values_list("pk", flat=True))
    years = [int(asked[name][0]) if name in asked else None for name in ("year_from", "year_to")]
    if any(years):
        fitting &= {each.pk for each in Project.objects.filter(pk__in=fitting) if takes_place(each, *years)}
    return fitting
