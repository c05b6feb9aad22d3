"""Every word of a template can be translated."""

import re
from pathlib import Path

import pytest
from django.conf import settings

# No visitor sees the page of components.
FOR_DEVELOPERS = {"components.html"}
TEMPLATES = sorted(
    path for path in Path(settings.BASE_DIR, "templates").rglob("*.html") if path.name not in FOR_DEVELOPERS
)

NOT_TEXT = re.compile(
    r"{% blocktranslate.*?{% endblocktranslate %}|{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->|<[^>]*>|&\w+;|CC BY 4\.0",
    re.DOTALL,
)
TEXT_ATTRIBUTES = re.compile(r'(?:aria-label|title|alt|placeholder|content)="([^"{]+)"')
NO_WORDS = {"width=device-width, initial-scale=1", "light dark", "noindex, follow"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_template_has_no_text_outside_translation(template):
    source = template.read_text()
    without_tags = re.sub(r"{%.*?%}", "", source)
    attributes = [text for text in TEXT_ATTRIBUTES.findall(without_tags) if text.strip() and text not in NO_WORDS]
    assert re.findall(r"[A-Za-z]{2,}", NOT_TEXT.sub(" ", source)) == []
    assert attributes == []
