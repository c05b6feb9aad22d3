"""Read the number of a record from an address."""

LARGEST_ID = 2**63 - 1


def parse_id(text: str) -> int | None:
    """Read a primary key as our own links write it; None for what can be none, however long it is."""
    # Python refuses to read more than 4,300 digits, and no database holds more than 19.
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))):
        return None
    number = int(text)
    return number if number <= LARGEST_ID else None
