"""Dates known to the day, the month or the year, and the two clocks' day boundaries."""

from __future__ import annotations

import calendar
import datetime
from typing import Any

from django.db import models
from django.db.models import Case, F, Func, Q, When
from django.utils.translation import gettext_lazy as _


class Precision(models.TextChoices):
    """How exactly a date is known; a month or a year is stored as its first day."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")


def precision_field(**options: Any) -> models.CharField[str, str]:
    return models.CharField(_("precision"), max_length=5, choices=Precision, **options)


def last_day(on: datetime.date, precision: str) -> datetime.date:
    """The last day of the period that a date of this precision means."""
    if precision == Precision.YEAR:
        return datetime.date(on.year, 12, 31)
    if precision == Precision.MONTH:
        return on.replace(day=calendar.monthrange(on.year, on.month)[1])
    return on


# The same as `last_day` in SQL. `date + interval` is a timestamp without zone, so that it may stand in a stored column.
_LAST_OF = "((%(expressions)s + interval '1 {unit}')::date - 1)"


def last_day_expression(on: str, precision: str) -> Case:
    return Case(
        When(Q((precision, Precision.MONTH)), then=Func(F(on), template=_LAST_OF.format(unit="month"))),
        When(Q((precision, Precision.YEAR)), then=Func(F(on), template=_LAST_OF.format(unit="year"))),
        default=F(on),
        output_field=models.DateField(),
    )


def last_day_sql(on: str, precision: str) -> str:
    """The same again, for the body of a trigger."""
    return (
        f"(CASE {precision} WHEN 'month' THEN ({on} + interval '1 month')::date - 1"
        f" WHEN 'year' THEN ({on} + interval '1 year')::date - 1 ELSE {on} END)"
    )


def last_day_column(on: str, precision: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=last_day_expression(on, precision), output_field=models.DateField(null=True), db_persist=True
    )


def period_start_check(on: str, precision: str, name: str) -> models.CheckConstraint:
    """A month is stored as its first day, a year as its first of January; a date and its precision come together."""
    return models.CheckConstraint(
        name=name,
        condition=Q((f"{on}__isnull", True), (precision, ""))
        | Q((f"{on}__isnull", False), (precision, Precision.DAY))
        | Q((f"{on}__isnull", False), (precision, Precision.MONTH), (f"{on}__day", 1))
        | Q((f"{on}__isnull", False), (precision, Precision.YEAR), (f"{on}__day", 1), (f"{on}__month", 1)),
        violation_error_message=_("A month is given as its first day, a year as its 1 January."),
    )


def end_of_day(day: datetime.date) -> datetime.datetime:
    """The moment at which this UTC day is over: what is known on a day is what was published before it."""
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min, datetime.UTC)


def last_day_known(as_of: datetime.date, known_on: datetime.date | None) -> datetime.date:
    """The last day of which anything can be known at these clocks: nothing is published before it happens.

    Asked for instead of the as-of day, it spares a walk through the events of later days than the known-on day.
    """
    return as_of if known_on is None else min(as_of, known_on)


def known_by(field: str, known_on: datetime.date | None) -> Q:
    """Rows whose moment `field` is set, and lies no later than the day `known_on` (None: now)."""
    if known_on is None:
        return Q((f"{field}__isnull", False))
    return Q((f"{field}__lt", end_of_day(known_on)))
