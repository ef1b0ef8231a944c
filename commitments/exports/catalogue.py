"""The catalogue for data portals: DCAT-AP, as Turtle and JSON-LD from one graph.

Every node has an address of its own and no node is blank, so that the same catalogue is the same bytes.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef

from ..citations import TRACKER
from ..dumps import Dump
from ..records import DATASETS, Dataset
from .formats import FORMATS
from .package import CREDIT, SUBJECT
from .tables import LICENCE

SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = "http://publications.europa.eu/resource/authority"
LANGUAGES: Final = {"en": "ENG", "ja": "JPN"}
THEMES: Final = {"INTR": "International issues", "GOVE": "Government and public sector"}
# The names that the European list of file types has for formats of ours.
FILE_TYPES: Final = {"csv": "CSV", "safe.csv": "CSV", "json": "JSON", "xlsx": "XLSX", "zip": "ZIP"}
REGISTERED: Final = "https://www.iana.org/assignments/media-types/"
UNREGISTERED: Final = {"jsonl"}
# What the terms of other people's lists are: the shapes of DCAT-AP ask, and need not look them up elsewhere.
CLASSES: Final = {
    DCTERMS.accrualPeriodicity: DCTERMS.Frequency,
    DCTERMS.accessRights: DCTERMS.RightsStatement,
    DCTERMS.language: DCTERMS.LinguisticSystem,
    DCTERMS["format"]: DCTERMS.MediaTypeOrExtent,
    DCAT.mediaType: DCTERMS.MediaType,
    DCAT.theme: SKOS.Concept,
    SPDX.algorithm: SPDX.ChecksumAlgorithm,
}


@dataclass(frozen=True)
class File:
    """One way to have a dataset; `size` in bytes and `sha256` where they are known without making the file."""

    address: str
    title: str
    extension: str
    media_type: str
    size: int | None = None
    sha256: str = ""


@dataclass
class Catalogue:
    """`root` is the address of the site, without a slash at its end; the two days are None before any publication."""

    root: str
    issued_on: datetime.date | None
    modified_on: datetime.date | None
    dumps: Sequence[Dump] = ()

    def graph(self) -> Graph:
        self.written = Graph()
        for prefix, namespace in (("dcat", DCAT), ("dct", DCTERMS), ("foaf", FOAF), ("spdx", SPDX), ("vcard", VCARD)):
            self.written.bind(prefix, namespace)
        page = self.node = URIRef(self.root + reverse("commitments:data"))
        self.publisher = self._part("publisher")
        self._say(self.publisher, (RDF.type, FOAF.Agent), (FOAF.name, Literal(str(TRACKER))))
        self._say(URIRef(LICENCE), (RDF.type, DCTERMS.LicenseDocument), (RDFS.label, self._text("CC BY 4.0")))
        self._say(self._part("rights"), (RDF.type, DCTERMS.RightsStatement), (RDFS.label, self._text(str(CREDIT))))
        catalogue = self._part("catalogue")
        self._describe(catalogue, DCAT.Catalog, _("Data of the %(tracker)s") % {"tracker": TRACKER}, str(SUBJECT))
        self._say(catalogue, (FOAF.homepage, page), (DCTERMS.license, URIRef(LICENCE)))
        self._say(page, (RDF.type, FOAF.Document))
        for node in (self._register(), *(self._dataset(dataset) for dataset in DATASETS.values())):
            self._say(catalogue, (DCAT.dataset, node))
            self._say(node, (DCAT.landingPage, page))
        return self.written

    def _register(self) -> URIRef:
        node = self._part("register")
        self._describe(node, DCAT.Dataset, _("The whole register"), f"{SUBJECT} {CREDIT}")
        package = reverse("commitments:package")
        self._distribute(node, File(package, _("Data Package"), "zip", "application/zip"))
        for dump in self.dumps:
            address = reverse("commitments:register_file", args=[dump.day])
            title = _("The register at the end of %(day)s, as YAML") % {"day": dump.day}
            self._distribute(node, File(address, title, "yaml", "application/yaml", dump.size, dump.sha256))
        return node

    def _dataset(self, dataset: Dataset) -> URIRef:
        node = self._part(dataset.name)
        self._describe(node, DCAT.Dataset, str(dataset.title), dataset.description)
        self._say(node, (DCTERMS.isPartOf, self._part("register")))
        for form in FORMATS.values():
            address = reverse("commitments:export", args=[dataset.name, form.extension])
            self._distribute(node, File(address, str(form.label), form.extension, form.media_type.partition(";")[0]))
        return node

    def _describe(self, node: URIRef, kind: URIRef, title: str, description: str) -> None:
        self._say(
            node,
            (RDF.type, kind),
            (DCTERMS.title, self._text(title)),
            (DCTERMS.description, self._text(description)),
            (DCTERMS.publisher, self.publisher),
            (DCTERMS.language, URIRef(f"{EU}/language/{LANGUAGES[get_language() or 'en']}")),
            (DCTERMS.accessRights, URIRef(f"{EU}/access-right/PUBLIC")) if kind == DCAT.Dataset else None,
            (DCTERMS.accrualPeriodicity, URIRef(f"{EU}/frequency/IRREG")) if kind == DCAT.Dataset else None,
        )
        for predicate, day in ((DCTERMS.issued, self.issued_on), (DCTERMS.modified, self.modified_on)):
            if day is not None:
                self._say(node, (predicate, Literal(day, datatype=XSD.date)))
        if kind == DCAT.Dataset:
            for theme, name in THEMES.items():
                concept = URIRef(f"{EU}/data-theme/{theme}")
                self._say(node, (DCAT.theme, concept))
                self._say(concept, (SKOS.prefLabel, Literal(name, lang="en")))
            self._contact(node)

    def _contact(self, node: URIRef) -> None:
        contact = settings.API_CONTACT
        if contact:
            card = self._part("contact")
            way = VCARD.hasEmail if contact.startswith("mailto:") else VCARD.hasURL
            self._say(card, (RDF.type, VCARD.Kind), (VCARD.fn, Literal(str(TRACKER))), (way, URIRef(contact)))
            self._say(node, (DCAT.contactPoint, card))

    def _distribute(self, dataset: URIRef, file: File) -> None:
        download = URIRef(self.root + file.address)
        node = URIRef(f"{download}#file")
        self._say(dataset, (DCAT.distribution, node))
        self._say(
            node,
            (RDF.type, DCAT.Distribution),
            (DCTERMS.title, self._text(file.title)),
            (DCAT.accessURL, download),
            (DCAT.downloadURL, download),
            (DCTERMS.license, URIRef(LICENCE)),
            (DCTERMS.rights, self._part("rights")),
        )
        if file.extension in FILE_TYPES:
            self._say(node, (DCTERMS["format"], URIRef(f"{EU}/file-type/{FILE_TYPES[file.extension]}")))
        if file.extension not in UNREGISTERED:
            self._say(node, (DCAT.mediaType, URIRef(REGISTERED + file.media_type)))
        if file.size is not None:
            self._say(node, (DCAT.byteSize, Literal(file.size, datatype=XSD.nonNegativeInteger)))
        if file.sha256:
            checksum = URIRef(f"{self.root}{file.address}#sha256")
            self._say(node, (SPDX.checksum, checksum))
            self._say(
                checksum,
                (RDF.type, SPDX.Checksum),
                (SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
                (SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary)),
            )

    def _say(self, node: URIRef, *facts: tuple[URIRef, URIRef | Literal] | None) -> None:
        for fact in facts:
            if fact is not None:
                self.written.add((node, *fact))
                if fact[0] in CLASSES:
                    self.written.add((fact[1], RDF.type, CLASSES[fact[0]]))

    def _part(self, name: str) -> URIRef:
        return URIRef(f"{self.node}#{name}")

    def _text(self, text: str) -> Literal:
        return Literal(text, lang=get_language() or "en")


def as_turtle(graph: Graph) -> str:
    return graph.serialize(format="turtle")


def as_json_ld(graph: Graph) -> str:
    """Sorted, because rdflib keeps its nodes in no order."""
    nodes = json.loads(graph.serialize(format="json-ld"))
    return json.dumps(
        {"@graph": sorted(map(_sorted, nodes), key=lambda node: node["@id"])}, ensure_ascii=False, indent=1
    )


def _sorted(node: dict[str, object]) -> dict[str, object]:
    return {name: sorted(value, key=str) if isinstance(value, list) else value for name, value in sorted(node.items())}


# By the ending of the address.
WRITERS: Final = {
    "ttl": ("text/turtle; charset=utf-8", as_turtle),
    "jsonld": ("application/ld+json", as_json_ld),
}
