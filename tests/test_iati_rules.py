"""The judge of IATI files finds what is wrong, and nothing else: the files that it passes rest on it."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from lxml import etree

from tests.iati_rules import KINDS, Judge
from tests.iati_standard import codes, judge, needs_standard, ruleset, schema, unknown_codes

pytestmark = pytest.mark.any_database

SUITE = settings.BASE_DIR.parent / "shared" / "data" / "iati" / "suite-rules-xslt"
# Its region names no vocabulary. The rule of today goes by vocabularies.
OUTDATED = {"3.4.1"}

SOUND = """
<iati-activities version="2.03">
  <iati-activity xml:lang="en" default-currency="USD" last-updated-datetime="2026-11-24T00:00:00Z">
    <iati-identifier>XM-DAC-41114-IBSA-FIJI</iati-identifier>
    <reporting-org ref="XM-DAC-41114" type="40"><narrative>UNDP</narrative></reporting-org>
    <title><narrative>Rocket stoves for rural women in Fiji</narrative></title>
    <description><narrative>Women learn to build stoves.</narrative></description>
    <participating-org ref="XM-DAC-41114" role="4"/>
    <activity-status code="4"/>
    <activity-date type="2" iso-date="2017-10-01"/>
    <activity-date type="4" iso-date="2022-12-31"/>
    <recipient-country code="FJ" percentage="66.67"/>
    <recipient-country code="TO" percentage="33.33"/>
    <sector vocabulary="1" code="15170"/>
    <sector vocabulary="99" code="gender" percentage="50"><narrative>Gender</narrative></sector>
    <sector vocabulary="99" code="energy" percentage="50"><narrative>Energy</narrative></sector>
    <default-aid-type code="D02"/>
    <budget type="1" status="1">
      <period-start iso-date="2017-10-01"/>
      <period-end iso-date="2018-09-30"/>
      <value value-date="2017-10-01">275525.00</value>
    </budget>
    <related-activity ref="XM-DAC-41114-OUTPUT-00107404" type="5"/>
  </iati-activity>
</iati-activities>
"""


@needs_standard
def test_sound_file_breaks_no_rule():
    tree = etree.ElementTree(etree.fromstring(SOUND))
    assert schema().validate(tree)
    assert judge().broken(tree) == []
    assert unknown_codes(tree) == set()


@needs_standard
@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("41114-IBSA-FIJI", "41114", ["1.1.3", "1.1.21"]),
        ("XM-DAC-41114-IBSA-FIJI", "UNDP-IBSA-FIJI", ["1.1.21"]),
        ("XM-DAC-41114", "UNDP-41114", ["1.14.8"]),
        ("IBSA-FIJI", "IBSA/FIJI", ["1.3.13"]),
        ("IBSA-FIJI<", "IBSA-FIJI <", ["1.3.1"]),
        ('"XM-DAC-41114-OUTPUT', '" XM-DAC-41114-OUTPUT', ["1.7.1"]),
        ('<participating-org ref="XM-DAC-41114"', "<participating-org", ["6.10.1"]),
        ('type="2"', 'type="9"', ["6.11.1"]),
        ("2022-12-31", "2016-12-31", ["11.1.3"]),
        ("2022-12-31", "2999-12-31", ["11.1.5"]),
        (
            'iso-date="2017-10-01"/>\n    <activity-date type="4" iso-date="2022-12-31"',
            'iso-date="2999-01-01"',
            ["11.1.4"],
        ),
        ('last-updated-datetime="2026', 'last-updated-datetime="2999', ["11.1.1"]),
        (' xml:lang="en"', "", ["4.1.1"]),
        (' default-currency="USD"', "", ["7.8.1"]),
        ('"66.67"', '"66.66"', ["3.1.2"]),
        (' percentage="66.67"', "", ["3.1.2", "3.1.1"]),
        ('"66.67"', '"166.67"', ["3.1.2", "12.1.1"]),
        ('"66.67"', '"60"', ["3.1.2"]),
        ('percentage="50"', 'percentage="49.5"', ["2.1.2"]),
        ("<narrative>Gender</narrative>", "", ["2.2.1"]),
        ('<sector vocabulary="1" code="15170"/>', "", ["102.1.1"]),
        ('code="D02"/>', 'code="D02"/><default-aid-type code="D01"/>', ["107.1.2"]),
        ("2018-09-30", "2018-10-02", ["7.5.3"]),
        ("2018-09-30", "2017-09-30", ["8.6.3"]),
        ("Rocket stoves for rural women in Fiji", "", ["4.3.1"]),
        ('vocabulary="1" code="15170"', 'vocabulary="1" code="15170" percentage="99"', ["2.1.4"]),
        (
            '<recipient-country code="TO" percentage="33.33"/>',
            '<recipient-region code="061" vocabulary="2"/>',
            ["3.4.2"],
        ),
    ],
)
def test_what_breaks_a_rule_is_found(old, new, rules):
    changed = SOUND.replace(old, new)
    assert changed != SOUND
    assert [rule for rule, _place in judge().broken(etree.ElementTree(etree.fromstring(changed)))] == rules


@needs_standard
def test_code_of_no_codelist_is_found():
    tree = etree.fromstring(SOUND.replace('code="FJ"', 'code="FJI"').replace("15170", "15179"))
    assert unknown_codes(tree) == {("FJI", "Country"), ("15179", "Sector")}
    assert ("gender", "Sector") not in codes(tree)


@needs_standard
@pytest.mark.skipif(not SUITE.is_dir(), reason=f"the public files that break a rule each are not there: {SUITE}")
def test_public_files_break_the_rule_that_names_them():
    rules = set(ids_of(ruleset()))
    named = sorted(path for path in SUITE.glob("*.xml") if path.stem in rules - OUTDATED)
    assert len(named) > 20
    for path in named:
        assert path.stem in {rule for rule, _place in judge().broken(etree.parse(path))}, path


@needs_standard
def test_every_kind_of_the_ruleset_is_known():
    kinds = {kind for kinds in ruleset().values() for kind in kinds}
    assert kinds - {"loop"} <= set(KINDS)


@pytest.mark.parametrize(
    ("kind", "case", "holds"),
    [
        ("sum", {"paths": ["sector/@percentage"], "sum": 100}, True),
        ("sum", {"paths": ["sector[@code='gender']/@percentage"], "sum": 100}, False),
        ("sum", {"paths": ["tag/@percentage"], "sum": 100}, True),
        ("strict_sum", {"paths": ["tag/@percentage"], "sum": 100}, False),
        (
            "between_dates",
            {
                "date": "budget/value/@value-date",
                "start": "budget/period-start/@iso-date",
                "end": "budget/period-end/@iso-date",
            },
            True,
        ),
        (
            "between_dates",
            {
                "date": "activity-date/@iso-date",
                "start": "budget/period-start/@iso-date",
                "end": "budget/period-end/@iso-date",
            },
            False,
        ),
        ("unique", {"paths": ["sector/@code"]}, True),
        ("unique", {"paths": ["sector/@vocabulary"]}, False),
    ],
)
def test_kind_that_the_rules_of_activities_do_not_use_is_judged(kind, case, holds):
    (activity,) = etree.fromstring(SOUND)
    kinds = {kind: {"cases": [{**case, "ruleInfo": {"id": "1"}}]}}
    bench = Judge({}, frozenset(), datetime(2026, 11, 24, tzinfo=UTC))
    assert list(bench.broken_by(activity, kinds)) == ([] if holds else ["1"])


def ids_of(part):
    """The ids of all rules in a part of the ruleset."""
    if isinstance(part, list):
        return [each for inner in part for each in ids_of(inner)]
    if not isinstance(part, dict):
        return []
    own = [part["ruleInfo"]["id"]] if "ruleInfo" in part else []
    return own + [each for inner in part.values() for each in ids_of(inner)]
