"""A work as a reference in RIS, which nearly every reference manager reads."""

from cooperation.exports.cited import Work


def write_ris(work: Work) -> str:
    """Write the `Work` as text. A value takes one line, so that nothing in it can begin a tag."""
    tags = {
        "TY": "DATA" if work.is_record else "ELEC",
        "TI": work.title,
        "AU": work.author,
        "PY": work.published[:4],
        "DA": slashed(work.published) if len(work.published) > 4 else "",
        "Y2": slashed(work.read.isoformat()) if work.read else "",
        "UR": work.url,
        "PB": work.author,
        "N1": work.note,
    }
    lines = [f"{tag}  - {value}\r\n" for tag, value in tags.items() if value]
    return "".join([*lines, "ER  - \r\n"])


def slashed(partial_date: str) -> str:
    """“2016/03/12/”; “2016/03//” of 2016-03, since RIS keeps the slashes of what is not known."""
    year, month, day = [*partial_date.split("-"), "", ""][:3]
    return f"{year}/{month}/{day}/"
