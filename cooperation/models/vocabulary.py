"""The vocabularies: themes, Sustainable Development Goals and instruments (means of cooperation)."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperation.models.edit import Versioned


class PartnerRole(models.TextChoices):
    """What a partner does in a cooperation, in the order in which roles are shown."""

    PROVIDER = "provider", _("Provider")
    PIVOTAL = "pivotal", _("Pivotal partner")
    FACILITATING = "facilitating", _("Facilitating partner")
    BENEFICIARY = "beneficiary", _("Beneficiary")
    BOTH = "both", _("Gives and receives")
    FUNDING = "funding", _("Funder")
    IMPLEMENTING = "implementing", _("Implementing body")
    PARTNER = "partner", _("Partner")


class CodeQuerySet(models.QuerySet):
    def get_by_natural_key(self, code):
        return self.get(code=code)


class Theme(Versioned):
    """What a cooperation is about. The DAC CRS codes say where an IATI file puts it."""

    code = models.SlugField(
        _("code"), max_length=50, unique=True, help_text=_("Used in addresses. Example: digital-trade.")
    )
    name = models.CharField(_("name"), max_length=100, unique=True)
    crs_codes = models.CharField(
        _("DAC CRS codes"),
        max_length=100,
        blank=True,
        validators=[RegexValidator(r"\A[0-9]{5}( [0-9]{5})*\Z", _("Five-digit codes with a space between them."))],
        help_text=_("DAC CRS purpose codes with a space between them. Example: 31110 31120."),
    )

    objects = CodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('project_list')}?theme={self.code}"

    def natural_key(self):
        return (self.code,)


class GoalQuerySet(models.QuerySet):
    def get_by_natural_key(self, number):
        return self.get(number=number)


class Goal(Versioned):
    """One of the 17 Sustainable Development Goals."""

    number = models.PositiveSmallIntegerField(
        _("number"), unique=True, validators=[MinValueValidator(1), MaxValueValidator(17)]
    )
    name = models.CharField(_("name"), max_length=250, unique=True)

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = _("Sustainable Development Goal")
        verbose_name_plural = _("Sustainable Development Goals")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=17),
                name="goal_number_1_to_17",
                violation_error_message=_("The goals are numbered 1 to 17."),
            )
        ]

    def __str__(self):
        return f"{self.number} {self.name}"

    def get_absolute_url(self) -> str:
        return f"{reverse('project_list')}?goal={self.number}"

    def natural_key(self):
        return (self.number,)


class Instrument(Versioned):
    """A means of cooperation: training, an expert mission, a scholarship."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100, unique=True)
    aid_type = models.CharField(
        _("IATI aid type"),
        max_length=4,
        blank=True,
        validators=[RegexValidator(r"\A[A-H][0-9]{2,3}\Z", _("A capital letter and digits. Example: D02."))],
        help_text=_("Code of the IATI AidType list. Example: D02."),
    )

    objects = CodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('project_list')}?instrument={self.code}"

    def natural_key(self):
        return (self.code,)
