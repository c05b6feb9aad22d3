"""What can be asked of the lessons."""

from django.utils.translation import gettext_lazy as _

from cooperation.filters.base import RecordFilterSet
from cooperation.models import Lesson


class LessonFilterSet(RecordFilterSet):
    ORDERS = {"position": (_("As they build on each other"), ("position", "id"))}

    class Meta:
        model = Lesson
        fields = ()
