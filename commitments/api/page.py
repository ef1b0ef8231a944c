"""The page where a person reads what the API offers, and tries it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ..clocks import BadQuery, Clocks
from ..filters.commitments import listed_rows
from ..filters.sources import listed_sources
from ..models import Check, StatusUpdate
from ..public import page, public
from ..records.reading import recorded_milestones
from .document import Document, document
from .interface import ROOT


@dataclass(frozen=True)
class Field:
    """A parameter as a control of a form; `value` stands in it. `choices` are its only values, where they are known."""

    name: str
    description: str
    schema: dict[str, Any]
    is_required: bool
    value: str

    @property
    def takes_many(self) -> bool:
        return bool(self.schema["type"] == "array")

    @property
    def choices(self) -> list[str]:
        return list(self._single.get("enum", []))

    @property
    def kind(self) -> str:
        """The type of its input, where it is one."""
        if self._single.get("format") == "date":
            return "date"
        return "number" if self._single["type"] == "integer" else "text"

    @property
    def limits(self) -> dict[str, Any]:
        """Smallest, largest and longest, as the input takes them."""
        names = {"minimum": "min", "maximum": "max", "maxLength": "maxlength"}
        return {names[name]: value for name, value in self._single.items() if name in names}

    @property
    def _single(self) -> dict[str, Any]:
        single: dict[str, Any] = self.schema["items"] if self.takes_many else self.schema
        return single


@dataclass(frozen=True)
class Described:
    """An operation of the document. `address` is one that works here, where there is a record to show."""

    name: str
    tag: str
    path: str
    title: str
    description: str
    fields: list[Field]
    answer: str

    @property
    def address(self) -> str:
        return filled(self.path, {field.name: [field.value] for field in self.fields if field.is_required})


def filled(path: str, values: Mapping[str, Sequence[str]]) -> str:
    """The address with these values in its path or behind its question mark; what is empty is left out."""
    pairs = []
    for name, given in values.items():
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", quote(given[0], safe=""))
        else:
            pairs += [(name, value) for value in given if value]
    return f"{path}?{urlencode(pairs)}" if pairs else path


@public
def interface(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    samples = _samples(clocks)
    described = [_described(path, each["get"], samples) for path, each in document()["paths"].items()]
    context = {
        "tags": [(tag, list(operations)) for tag, operations in itertools.groupby(described, lambda each: each.tag)],
        "base": request.build_absolute_uri(ROOT),
        "site": request.build_absolute_uri("/").rstrip("/"),
        "vocabularies": reverse("commitments:get_definitions"),
    }
    return page(request, clocks, "commitments/api.html", context)


@public
def attempt(request: HttpRequest, clocks: Clocks, name: str) -> HttpResponse:
    """A form cannot put a value into a path, nor leave out what is empty: this does, and leads to the answer."""
    described = next((each for each in _all(document()) if each.name == name), None)
    if described is None:
        raise Http404
    for field in described.fields:
        if field.is_required and not request.GET.get(field.name):
            raise BadQuery(_("“%(name)s” is empty.") % {"name": field.name})
    return HttpResponseRedirect(filled(described.path, dict(request.GET.lists())))


def _all(made: Document) -> list[Described]:
    return [_described(path, each["get"], {}) for path, each in made["paths"].items()]


def _described(path: str, operation: Document, samples: dict[str, str]) -> Described:
    noun = path.removeprefix(f"{ROOT}/").partition("/")[0]
    fields = [
        Field(
            name=each["name"],
            description=each["description"],
            schema=each["schema"],
            is_required=each["required"],
            value=samples.get(noun, str(each["example"])) if each["required"] else "",
        )
        for each in operation["parameters"]
    ]
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return Described(
        name=operation["operationId"],
        tag=operation["tags"][0],
        path=path,
        title=operation["summary"],
        description=operation.get("description", ""),
        fields=fields,
        answer=answer.get("title") or answer["$ref"].rpartition("/")[2],
    )


def _samples(clocks: Clocks) -> dict[str, str]:
    """By noun the name of one record, so that every form works as it stands. Seven queries; more on a past day."""
    updates = StatusUpdate.objects.published(clocks.as_of, clocks.known_on).order_by("-number")
    checks = Check.objects.recorded(clocks.known_on)
    found: dict[str, list[Any]] = {
        "sources": [source.slug for source in listed_sources(clocks)[:1]],
        "updates": list(updates.values_list("number", flat=True)[:1]),
        "checks": list(checks.values_list("slug", flat=True)[:1]),
        "milestones": list(recorded_milestones(clocks).order_by("slug").values_list("slug", flat=True)[:1]),
    }
    for row in listed_rows(clocks)[:1]:
        commitment = row.judged.commitment
        found |= {
            "commitments": [commitment.reference],
            "areas": [commitment.area.slug],
            "instruments": [commitment.instrument.slug],
            "actors": [actor.slug for actor in row.actors[:1]],
        }
    return {noun: str(name) for noun, names in found.items() for name in names}
