"""The addresses on the web that records name: asked from time to time whether they still answer."""

from cooperation.links.asking import Asker, Finding, Outcome
from cooperation.links.checking import NoAnswersError, check_links

__all__ = ["Asker", "Finding", "NoAnswersError", "Outcome", "check_links"]
