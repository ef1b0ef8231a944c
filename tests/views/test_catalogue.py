"""The catalogue that data portals read."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pyshacl import validate
from pytest_django import Settings
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Namespace
from rdflib.compare import isomorphic

from commitments.records import DATASETS

from .conftest import Register

ADDRESSES = {"turtle": "/catalog.ttl", "json-ld": "/catalog.jsonld"}
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
# What a catalogue of the European portals has to say, in a few shapes of our own.
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix : <https://example.org/shapes#> .

:Catalogue a sh:NodeShape ; sh:targetClass dcat:Catalog ;
    sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:datatype rdf:langString ] ,
        [ sh:path dct:description ; sh:minCount 1 ; sh:datatype rdf:langString ] ,
        [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] ,
        [ sh:path dcat:dataset ; sh:minCount 1 ; sh:class dcat:Dataset ] .
:Dataset a sh:NodeShape ; sh:targetClass dcat:Dataset ;
    sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:datatype rdf:langString ] ,
        [ sh:path dct:description ; sh:minCount 1 ; sh:datatype rdf:langString ] ,
        [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ] .
:Distribution a sh:NodeShape ; sh:targetClass dcat:Distribution ;
    sh:property [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
        [ sh:path dct:license ; sh:minCount 1 ; sh:maxCount 1 ; sh:class dct:LicenseDocument ] .
:Agent a sh:NodeShape ; sh:targetClass foaf:Agent ; sh:property [ sh:path foaf:name ; sh:minCount 1 ] .
"""


def read(client: Client, form: str = "turtle") -> Graph:
    answer = client.get(ADDRESSES[form])
    assert answer.status_code == 200
    return Graph().parse(data=answer.content, format=form)


@pytest.mark.django_db
def test_it_says_what_portals_require_also_of_an_empty_register(client: Client) -> None:
    conforms, _report, words = validate(read(client), shacl_graph=Graph().parse(data=SHAPES, format="turtle"))

    assert conforms, words


def test_the_shapes_miss_what_is_missing(register: Register, client: Client) -> None:
    found = read(client)
    found.remove((None, DCTERMS.license, None))

    conforms, _report, _words = validate(found, shacl_graph=Graph().parse(data=SHAPES, format="turtle"))

    assert not conforms


def test_both_forms_say_the_same_and_twice_the_same_bytes(register: Register, client: Client) -> None:
    assert isomorphic(read(client), read(client, "json-ld"))
    for address in ADDRESSES.values():
        assert client.get(address).content == client.get(address).content


def test_it_lists_every_dataset_and_its_files_are_there(register: Register, client: Client) -> None:
    found = read(client)

    datasets = set(found.subjects(RDF.type, DCAT.Dataset))
    files = {urlsplit(str(address)).path for address in found.objects(None, DCAT.downloadURL)}
    assert len(datasets) == len(DATASETS) + 1
    assert {f"/exports/{name}.csv" for name in DATASETS} | {"/exports/register.zip"} <= files
    for path in sorted(files):
        assert client.head(path).status_code == 200, path


def test_a_contact_is_named_only_where_a_setting_names_it(
    register: Register, client: Client, settings: Settings
) -> None:
    assert not set(read(client).objects(None, DCAT.contactPoint))

    settings.API_CONTACT = "mailto:data@example.org"
    # Another address, because the first may be kept.
    found = Graph().parse(data=client.get("/catalog.jsonld").content, format="json-ld")

    assert {str(way) for way in found.objects(None, VCARD.hasEmail)} == {"mailto:data@example.org"}


def test_it_is_that_of_today(register: Register, client: Client) -> None:
    answer = client.get("/catalog.ttl?as_of=2025-01-01")

    assert answer.status_code == 400
    assert "that of today" in answer.content.decode()


def test_the_page_of_the_data_leads_to_it(register: Register, get: Callable[[str], str]) -> None:
    page = get("/data/")

    assert all(f'href="{address}"' in page for address in ADDRESSES.values())
    assert FOAF.name in set(Graph().parse(data=get("/catalog.ttl"), format="turtle").predicates())
