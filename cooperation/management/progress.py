"""What a command shows on a terminal while it works."""

from django.core.management.base import OutputWrapper

WIDTH = 20
CLEAR_LINE = "\r\x1b[K"


class ProgressBar:
    """A bar in the last line of a terminal, drawn over by what comes next. In a file or a pipe it leaves nothing."""

    def __init__(self, output: OutputWrapper) -> None:
        self.output = output

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *_error: object) -> None:
        self.clear()

    def show(self, share: float, doing: str) -> None:
        """Show how much of the whole is done (from 0 to 1), and what is being done."""
        done = round(share * WIDTH)
        self.draw(f"{CLEAR_LINE}[{'#' * done}{'.' * (WIDTH - done)}] {doing}")

    def clear(self) -> None:
        self.draw(CLEAR_LINE)

    def draw(self, text: str) -> None:
        if self.output.isatty():
            self.output.write(text, ending="")
            self.output.flush()
