"""The budget in a file of another publisher: one sum, where the parts that IATI asks for make one."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from cooperation.imports.iati_content import full_day
from cooperation.imports.iati_elements import attribute, line_of, whole_text
from cooperation.models import iati_codes

# In front of the decimal point, as many as the registry can hold.
MOST_DIGITS = 16


@dataclass(frozen=True)
class Budget:
    """A part of a budget, from its first to its last day; a day is "" where it cannot be read."""

    first: str
    last: str
    is_revised: bool
    currency: str
    amount: Decimal


def read_budget(element, activity):
    """The sum of all budgets of the activity. Where they make none, a remark says why."""
    elements = element.findall("budget")
    if not elements:
        return
    budgets = in_force([budget_in(each, attribute(element, "default-currency")) for each in elements])
    problem = what_prevents_a_sum(budgets)
    if problem:
        activity.remark(line_of(elements[0]), _("The budget was left out"), problem)
        return
    total = sum(budget.amount for budget in budgets)
    activity.fields |= {"budget_amount": total.quantize(Decimal("0.01")), "budget_currency": budgets[0].currency}


def budget_in(element, default_currency):
    first, last = (full_day(attribute(element.find(name), "iso-date")) for name in ("period-start", "period-end"))
    value = element.find("value")
    currency = (attribute(value, "currency") or default_currency).upper()
    is_revised = element.get("type") == iati_codes.REVISED_BUDGET
    return Budget(first, last, is_revised, currency, Decimal(whole_text(value).strip()))


def in_force(budgets):
    """Without those that were revised: a revised budget stands for the original one of the same time."""
    revised = {(budget.first, budget.last) for budget in budgets if budget.is_revised}
    return [budget for budget in budgets if budget.is_revised or (budget.first, budget.last) not in revised]


def what_prevents_a_sum(budgets):
    """In words; "" if nothing does."""
    ordered = sorted(budgets, key=lambda budget: (budget.first, budget.last))
    currencies = sorted({budget.currency for budget in budgets})
    if not all(budget.first and budget.first <= budget.last for budget in budgets):
        return _("a period of it has no dates that can be held")
    if any(after.first <= before.last for before, after in pairwise(ordered)):
        return _("parts of it are for the same time")
    if not all(len(currency) == 3 and currency.isascii() and currency.isalpha() for currency in currencies):
        return _("a part of it has no currency")
    if len(currencies) > 1:
        return _("it is in several currencies, %(currencies)s") % {"currencies": ", ".join(currencies)}
    if any(budget.amount < 0 for budget in budgets):
        return _("a part of it is below zero")
    largest = max(budget.amount.adjusted() for budget in budgets)
    if largest >= MOST_DIGITS or sum(budget.amount for budget in budgets).adjusted() >= MOST_DIGITS:
        return _("it is larger than the registry can hold")
    return ""
