"""A form of the admin as a browser sees it."""

from html.parser import HTMLParser


class Form(HTMLParser):
    """The form of a page. `data` is what a browser would post, `options` and `selected` are texts of a select."""

    def __init__(self, response):
        super().__init__()
        self.values, self.options, self.controls, self.labelled = {}, {}, [], set()
        self.select = self.option = self.textarea = None
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        kind, name = attributes.get("type", tag), attributes.get("name")
        if tag == "label":
            self.labelled.add(attributes.get("for"))
        if tag in ("input", "select", "textarea") and kind not in ("hidden", "submit"):
            self.controls.append(attributes)
        if tag == "input" and kind not in ("submit", "checkbox"):
            self.values[name] = attributes.get("value", "")
        elif kind == "checkbox" and "checked" in attributes:
            self.values[name] = "on"
        elif tag == "textarea":
            self.textarea, self.values[name] = name, ""
        elif tag == "select":
            self.select, self.options[name], self.values[name] = name, {}, []
        elif tag == "option" and self.select:
            self.option = attributes.get("value", "")
            self.options[self.select][self.option] = ""
            if "selected" in attributes:
                self.values[self.select].append(self.option)

    def handle_data(self, text):
        if self.option is not None:
            self.options[self.select][self.option] += text.strip()
        elif self.textarea:
            self.values[self.textarea] += text.removeprefix("\n")

    def handle_endtag(self, tag):
        if tag == "option":
            self.option = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.textarea = None

    def selected(self, name):
        return sorted(self.options[name][value] for value in self.values[name])

    @property
    def data(self):
        """What a browser posts when “Save” is pressed."""
        return {name: value for name, value in self.values.items() if name and "__prefix__" not in name} | {"_save": ""}

    def unnamed(self):
        """The names of the controls of parts that a screen reader could not name."""
        return [
            control["name"]
            for control in self.controls
            if control.get("name", "").count("-") == 2
            and not control.get("aria-label")
            and control["id"] not in self.labelled
        ]


def fill(form, prefix, *rows):
    """The data of `form` with `rows` in its first rows of the kind `prefix`."""
    data = form.data
    data[f"{prefix}-TOTAL_FORMS"] = len(rows)
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def errors(response):
    """Every message of a form that came back."""
    context = response.context
    found = [("", name, list(texts)) for name, texts in context["adminform"].form.errors.items()]
    for inline in context["inline_admin_formsets"]:
        found += [
            (inline.formset.prefix, name, list(texts)) for row in inline.formset.errors for name, texts in row.items()
        ]
    return found
