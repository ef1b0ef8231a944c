"""The pictures of the register, as the tables of the numbers that they draw."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Router

from ..charts import Picture
from ..clocks import BadQuery
from ..pictures import PICTURES, Board
from ..pictures.standing import Steps
from .operations import Asked, PictureName, dated, operation
from .parameters import DAY, Parameter, one_of, text
from .shapes import PictureAnswer

router = Router(tags=["Pictures"])

STEPS = Parameter(
    "steps",
    gettext_lazy("Of status-over-time: on which days. %s.")
    % "; ".join(f"{step.value}: {step.label}" for step in Steps),
    one_of(Steps.values),
)
PART = Parameter(
    "part",
    gettext_lazy("Of occurrences: which part, where they are drawn in several."),
    {"type": "integer", "minimum": 1, "maximum": 999, "default": 1},
)
OF_TIMELINE = (
    Parameter("period", gettext_lazy("Of the timeline: a year, or a quarter such as 2025-Q3."), text(7)),
    Parameter("from", gettext_lazy("Of the timeline: its first day, where no period is given."), DAY),
    Parameter("to", gettext_lazy("Of the timeline: its last day, where no period is given."), DAY),
    Parameter("area", gettext_lazy("Of the timeline: the slug of one area."), text()),
    Parameter(
        "act", gettext_lazy("Of the timeline: only acts of the parties, or only context."), one_of(["yes", "no"])
    ),
    Parameter("dated", gettext_lazy("Of the timeline: without what is known to its year only."), one_of(["month"])),
)
READ_BY = {"status-over-time": (STEPS,), "occurrences": (PART,), "timeline": OF_TIMELINE}
CHOICES = [each for choices in READ_BY.values() for each in choices]


@operation(router, "/pictures/{slug:name}", PictureAnswer, *CHOICES)
def get_picture(request: Asked, name: PictureName) -> dict[str, Any]:
    """One picture as a table.

    The numbers that stand beneath it on its page. The picture itself is a file: /pictures/{name}.svg, or .png.
    """
    if name not in PICTURES:
        raise Http404
    read = {each.name for each in READ_BY.get(name, ())}
    for each in CHOICES:
        if each.name in request.GET and each.name not in read:
            raise BadQuery(_("The picture “%(picture)s” has no “%(name)s”.") % {"picture": name, "name": each.name})
    return dated(request, picture=_tabled(PICTURES[name](Board(request.clocks, request.GET))))


def _tabled(picture: Picture) -> dict[str, Any]:
    table = picture.table
    return {
        "name": picture.name,
        "title": picture.title,
        "note": picture.note,
        "remark": picture.remark or None,
        "rows_are": table.corner,
        "columns": list(table.heads),
        "rows": [{"label": line.label, "values": [_value(cell.text) for cell in line.cells]} for line in table.lines],
    }


def _value(words: str) -> int | str:
    return int(words) if words.isascii() and words.isdigit() else words
