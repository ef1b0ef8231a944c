"""The OpenAPI document, made from the operations."""

from __future__ import annotations

import functools
import json
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja.openapi.schema import REF_TEMPLATE

from .about import LICENCE, meaning_of, vocabularies
from .examples import example_of
from .interface import ROOT, api
from .operations import Asked
from .parameters import check
from .problems import MEDIA_TYPE, Problem

Document = dict[str, Any]


def openapi(request: Asked) -> HttpResponse:
    check(request.GET, ())
    return HttpResponse(_written(settings.API_CONTACT), content_type="application/json")


@functools.cache
def _written(contact: str) -> bytes:
    return json.dumps(document(contact), ensure_ascii=False, indent=1).encode()


def document(contact: str = "") -> Document:
    """The same for the same code and contact."""
    made = api.get_openapi_schema(path_prefix=ROOT.removeprefix("/"))
    schemas = made["components"]["schemas"] | {"Problem": Problem.model_json_schema(ref_template=REF_TEMPLATE)}
    for choices in vocabularies():
        schemas[choices.__name__]["description"] = _in_words(choices)
    return {
        "openapi": made["openapi"],
        "info": _info(contact),
        "servers": [{"url": "/", "description": _("This site")}],
        "security": [],
        "tags": _tags(made["paths"]),
        "paths": {path: {"get": _completed(path, each["get"], schemas)} for path, each in made["paths"].items()},
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "headers": _headers(),
            "responses": _responses(),
        },
    }


def _info(contact: str) -> Document:
    info = {
        "title": _("EU–Japan Commitment Tracker"),
        "version": "1",
        "summary": _("What became of the pledges of the EU–Japan Security and Defence Partnership, with the evidence."),
        "description": _(
            "Read only, without keys. Every address takes two clocks: what had happened by a day (as_of), and what "
            "this tracker had published by its end (known_on). Lists go on at “next”. Errors are problem details "
            "(RFC 9457). Answers carry an ETag: send it as If-None-Match, and an unchanged answer is 304. What is here "
            "stays: fields and addresses may be added, and are not renamed."
        ),
        "license": {"name": "CC BY 4.0", "url": LICENCE},
    }
    if contact:
        info["contact"] = {"email": contact.removeprefix("mailto:")} if "mailto:" in contact else {"url": contact}
    return info


def _tags(paths: Document) -> list[Document]:
    names = dict.fromkeys(tag for path in paths.values() for tag in path["get"]["tags"])
    return [{"name": name, "description": f"{name}."} for name in names]


def _completed(path: str, operation: Document, schemas: Document) -> Document:
    """With an example and the headers of its answer, and with what else may be answered."""
    [(status, answer)] = operation["responses"].items()
    content = answer["content"]["application/json"]
    example = example_of(content["schema"], schemas)
    headers = ["ETag", "Cache-Control", *(["Link"] if "next" in example else [])]
    answer |= {
        "description": _("The answer."),
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {"application/json": content | {"example": example}},
    }
    others = ["304", "400", *(["404"] if "{" in path else []), "500"]
    responses = {str(status): answer} | {code: {"$ref": f"#/components/responses/{code}"} for code in others}
    return operation | {"responses": responses}


def _in_words(choices: Any) -> str:
    lines = [f"- `{choice.value}`: {choice.label}. {meaning_of(choice) or ''}".rstrip() for choice in choices]
    return "\n".join(lines)


def _headers() -> Document:
    def text(description: str) -> Document:
        return {"description": description, "schema": {"type": "string"}}

    return {
        "ETag": text(_("Changes when the answer may have changed.")),
        "Cache-Control": text(_("How long the answer may be kept unasked.")),
        "Link": text(_('The address of the next page, with rel="next"; absent on the last.')),
    }


def _responses() -> Document:
    problem = {MEDIA_TYPE: {"schema": {"$ref": REF_TEMPLATE.format(model="Problem")}}}
    return {
        "304": {"description": _("Nothing has changed since the answer whose ETag was sent.")},
        "400": {"description": _("A parameter is unknown, or its value cannot be answered."), "content": problem},
        "404": {"description": _("There is no such record, or not at these days."), "content": problem},
        "500": {"description": _("Something failed on our side."), "content": problem},
    }
