"""Texts that look like formulas: what is written is safe, and what is read back is what was there."""

from hypothesis import given
from hypothesis import strategies as st

from cooperation.spreadsheet import as_text, from_text

SIGNS = "=+-@\t\r\n＝＋－＠"
texts = st.text(max_size=30) | st.text(alphabet=f"'{SIGNS}ab", max_size=6)


@given(texts)
def test_text_is_read_back_as_it_was(text):
    assert from_text(as_text(text)) == text


@given(texts)
def test_no_written_text_begins_with_a_sign_that_spreadsheets_run(text):
    assert as_text(text)[:1] not in list(SIGNS)


@given(texts)
def test_other_texts_stay_as_they_are(text):
    if text.lstrip("'")[:1] not in list(SIGNS):
        assert as_text(text) == text
