"""What an address of the API takes behind its question mark: described once, for the document and for refusals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..changes import PeriodClock
from ..clocks import BadQuery
from ..filters.core import Facet, ListFilter

MOST = 200
USUAL = 50


@dataclass(frozen=True)
class Parameter:
    """`schema` is JSON Schema. `takes_many`: it may be repeated, and any of its values will do."""

    name: str
    description: Any
    schema: dict[str, Any]
    example: Any = None
    takes_many: bool = False
    is_required: bool = False

    def described(self) -> dict[str, Any]:
        """As OpenAPI has it."""
        described: dict[str, Any] = {
            "name": self.name,
            "in": "query",
            "description": str(self.description),
            "schema": self.schema,
            "required": self.is_required,
        }
        if self.takes_many:
            described |= {
                "schema": {"type": "array", "items": self.schema, "minItems": 1},
                "style": "form",
                "explode": True,
            }
        if self.example is not None:
            described["example"] = self.example
        return described


def text(longest: int = 80, **more: Any) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": longest, **more}


def one_of(values: Iterable[str], **more: Any) -> dict[str, Any]:
    return {"type": "string", "enum": list(values), **more}


SLUG = r"[-a-zA-Z0-9_]{1,80}"
DAY = {"type": "string", "format": "date"}
CLOCKS = (
    Parameter(
        "as_of",
        gettext_lazy("What had happened by this day (UTC); today where it is left out. Not a day to come."),
        DAY,
    ),
    Parameter(
        "known_on",
        gettext_lazy(
            "What this tracker had published by the end of this day (UTC); by now where it is left out. With both days "
            "past, an answer gives the same facts and words for ever."
        ),
        DAY,
    ),
)
PERIOD = (
    Parameter("since", gettext_lazy("From the end of this day; 90 days before the second where it is left out."), DAY),
    Parameter("until", gettext_lazy("To the end of this day; the as-of day where it is left out."), DAY),
    Parameter(
        "by",
        gettext_lazy("By which clock: when it happened, or when it was published here."),
        one_of(PeriodClock.values, default=PeriodClock.EVENT.value),
    ),
)
LIMIT = Parameter(
    "limit",
    gettext_lazy("The most items of one answer."),
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    example=20,
)
OF_COMMITMENT = Parameter(
    "commitment",
    gettext_lazy("Only those of the commitment with this reference."),
    text(12, pattern=r"^EUJP-[0-9]{2,}$"),
    example="EUJP-07",
)


def after(key: Any, schema: dict[str, Any], example: Any) -> Parameter:
    """Where the list goes on. `key` says what names an item."""
    return Parameter(
        "after",
        _("Where the list goes on: the %(key)s of the last item that you have. “next” leads there by itself.")
        % {"key": key},
        schema,
        example,
    )


def of_filter(chosen: type[ListFilter[Any]]) -> tuple[Parameter, ...]:
    """The facets and orders of a list of the pages."""
    facets = [_of_facet(facet) for facet in chosen.FACETS]
    sorts = [f"{name}: {label}" for name, (label, _key) in chosen.SORTS.items()]
    first = next(iter(chosen.SORTS))
    order = Parameter("sort", _("The order.") + f" {'; '.join(sorts)}.", one_of(chosen.SORTS, default=first))
    return (*facets, order)


def _of_facet(facet: Facet[Any]) -> Parameter:
    if facet.choices is None:
        found = _("A value of this filter that a list brings, in its “facets” where it has them.")
        return Parameter(facet.name, f"{facet.label}. {found}", text(200), takes_many=True)
    words = "; ".join(f"{value}: {label}" for value, label in facet.choices)
    return Parameter(
        facet.name, f"{facet.label}. {words}.", one_of(value for value, _label in facet.choices), takes_many=True
    )


def check(query: QueryDict, parameters: Sequence[Parameter]) -> None:
    """Raises BadQuery for what this address does not take: nothing that was asked is passed over in silence."""
    known = {parameter.name: parameter for parameter in parameters}
    for name, values in query.lists():
        if name not in known:
            raise BadQuery(
                _("There is no parameter “%(name)s” here. There are: %(names)s.")
                % {"name": name[:80], "names": ", ".join(known)}
            )
        if "" in values:
            raise BadQuery(_("“%(name)s” is empty. Leave it out.") % {"name": name})
        if len(values) > 1 and not known[name].takes_many:
            raise BadQuery(_("“%(name)s” is given more than once.") % {"name": name})


def read_limit(query: QueryDict) -> int:
    value = query.get("limit", str(USUAL))
    if not (value.isascii() and value.isdigit() and len(value) <= 3 and 1 <= int(value) <= MOST):
        raise BadQuery(_("“limit” is a number from 1 to %(most)s.") % {"most": MOST})
    return int(value)
