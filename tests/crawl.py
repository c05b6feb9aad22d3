"""Walks the public pages by their links, and reads what a page holds."""

import json
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import urldefrag, urljoin
from zipfile import ZipFile

from django.http import HttpResponse

# Inline elements continue a word; all others begin a new one.
INLINE_ELEMENTS = {"a", "code", "em", "span", "strong", "sup"}
VOID_ELEMENTS = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Page(HTMLParser):
    """What a test asks of a page: its elements as (name, attributes), its text, its links."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.words = []
        self.texts = []
        self.scripts = []
        self.unclosed = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.texts.append([])
        if tag == "script":
            self.scripts.append((dict(attrs), []))
        self._begin_word(tag)
        if tag not in VOID_ELEMENTS:
            self.unclosed.append(tag)

    def handle_endtag(self, tag):
        self._begin_word(tag)
        if self.unclosed and self.unclosed[-1] == tag:
            self.unclosed.pop()

    def handle_data(self, data):
        if self.unclosed[-1:] == ["script"]:
            self.scripts[-1][1].append(data)
            return
        self.words.append(data)
        if self.texts:
            self.texts[-1].append(data)

    def _begin_word(self, tag):
        if tag not in INLINE_ELEMENTS:
            self.words.append(" ")

    @property
    def text(self):
        return " ".join("".join(self.words).split())

    @property
    def links(self):
        return [attrs["href"] for tag, attrs in self.elements if tag == "a" and "href" in attrs]

    @property
    def running_scripts(self):
        """The attributes of every script that a browser would run: all but blocks of data for search engines."""
        return [attrs for attrs, _text in self.scripts if attrs != {"type": "application/ld+json"}]

    @property
    def about(self):
        """What the page says it is about, from its one block of data."""
        (block,) = [text for attrs, text in self.scripts if attrs == {"type": "application/ld+json"}]
        return json.loads("".join(block))

    def texts_of(self, tag, css_class):
        """What stands at the beginning of the elements of a class, before any other element begins."""
        elements = zip(self.elements, self.texts, strict=True)
        return ["".join(text) for (name, attrs), text in elements if (name, attrs.get("class")) == (tag, css_class)]

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


def read(client, address):
    """The page at `address`, which must answer 200."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return Page(response.content.decode())


def whole(answer):
    """The answer with all of its content at hand; a workbook unpacked, since what it says is in compressed parts."""
    if not answer.streaming and not answer.get("Content-Type", "").endswith("sheet"):
        return answer
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return HttpResponse(content, status=answer.status_code, headers=answer.headers)


def is_page(answer):
    """Whether it is a page, and not a file or an address that leads on."""
    return answer.get("Content-Type", "").startswith("text/html")


def crawl(client, start="/"):
    """`{address: response}` of every public page and file that links lead to from `start`.

    Filters upon filters have no end: what a filtered list links to under further filters is left out.
    """
    found, waiting = {}, [start]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        found[address] = whole(client.get(address))
        if is_page(found[address]):
            for link in Page(found[address].content.decode()).links:
                target = urldefrag(urljoin(address, link)).url
                is_ours = target.startswith("/") and not target.startswith("/admin/")
                if is_ours and not ("?" in address and "?" in target) and target not in found:
                    waiting.append(target)
    return found
