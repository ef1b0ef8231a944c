import datetime
import re

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from . import calendar_feed
from .citations import FORMATS
from .exports.formats import FORMATS as FILE_FORMATS
from .feeds import catalogue
from .feeds import views as feeds
from .models.commitment import REFERENCE
from .views import (
    about,
    briefs,
    cards,
    changes,
    citations,
    commitments,
    dashboard,
    data,
    exports,
    pictures,
    robots,
    search,
    sources,
    subjects,
    updates,
)


class FeedFormat(StringConverter):
    regex = "rss|atom|json"


class PictureFormat(StringConverter):
    regex = "svg|png"


class CitationFormat(StringConverter):
    regex = "|".join(FORMATS)


class ReferenceConverter(StringConverter):
    """No other text reaches the database, which refuses some."""

    regex = REFERENCE.removeprefix("^").removesuffix(r"\Z")


class FileFormat(StringConverter):
    regex = "|".join(map(re.escape, FILE_FORMATS))


class DayConverter:
    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> datetime.date:
        return datetime.date.fromisoformat(value)

    def to_url(self, value: datetime.date) -> str:
        return value.isoformat()


register_converter(PictureFormat, "picture_format")
register_converter(FeedFormat, "feed_format")
register_converter(CitationFormat, "citation_format")
register_converter(ReferenceConverter, "reference")
register_converter(FileFormat, "file_format")
register_converter(DayConverter, "day")

app_name = "commitments"

urlpatterns = [
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap, name="sitemap"),
    path("sitemaps/<slug:section>-<int:number>.xml", robots.sitemap_file, name="sitemap_file"),
    path(".well-known/security.txt", robots.security, name="security"),
    path("card.png", cards.card, name="card"),
    path("commitments/<reference:reference>/card.png", cards.commitment_card, name="commitment_card"),
    path("embed/commitments/<reference:reference>/", cards.embedded_commitment, name="embedded_commitment"),
    path("", dashboard.dashboard, name="dashboard"),
    path("commitments/", commitments.commitment_list, name="commitment_list"),
    path("commitments/<reference:reference>/", commitments.commitment_detail, name="commitment"),
    path(
        "commitments/<reference:reference>/cite.<citation_format:extension>",
        citations.commitment_citation,
        name="commitment_citation",
    ),
    path("areas/<slug:slug>/", subjects.area_detail, name="area"),
    path("actors/<slug:slug>/", subjects.actor_detail, name="actor"),
    path("instruments/<slug:slug>/", subjects.instrument_detail, name="instrument"),
    path("updates/", updates.update_list, name="update_list"),
    path("updates/<int:number>/", updates.update_detail, name="update"),
    path("updates/<int:number>/cite.<citation_format:extension>", citations.update_citation, name="update_citation"),
    path("timeline/", pictures.timeline, name="timeline"),
    path("pictures/", pictures.pictures, name="pictures"),
    path("pictures/<slug:name>.<picture_format:extension>", pictures.picture_file, name="picture_file"),
    path("pictures/<slug:name>/cite.<citation_format:extension>", pictures.picture_citation, name="picture_citation"),
    path("compare/", subjects.compare, name="compare"),
    path("changes/", changes.changes, name="changes"),
    path("briefs/commitments/<reference:reference>/", briefs.commitment_brief, name="commitment_brief"),
    path("briefs/commitments/<reference:reference>.pdf", briefs.as_pdf(briefs.commitment_brief)),
    path("briefs/areas/<slug:slug>/", briefs.area_brief, name="area_brief"),
    path("briefs/areas/<slug:slug>.pdf", briefs.as_pdf(briefs.area_brief)),
    path("briefs/changes/", briefs.period_brief, name="period_brief"),
    path("briefs/changes.pdf", briefs.as_pdf(briefs.period_brief)),
    path("exports/changes.json", changes.changes_json, name="changes_json"),
    path("exports/changes.<file_format:extension>", changes.changes_file, name="changes_file"),
    path("exports/register.zip", exports.package, name="package"),
    path("catalog.ttl", exports.catalogue, {"extension": "ttl"}, name="catalogue_ttl"),
    path("catalog.jsonld", exports.catalogue, {"extension": "jsonld"}, name="catalogue_jsonld"),
    path("exports/<slug:name>.<file_format:extension>", exports.dataset, name="export"),
    path("corrections/", updates.corrections, name="corrections"),
    path("sources/", sources.source_list, name="source_list"),
    path("coverage/", sources.source_coverage, name="source_coverage"),
    path("sources/<slug:slug>/", sources.source_detail, name="source"),
    path("sources/<slug:slug>/cite.<citation_format:extension>", citations.source_citation, name="source_citation"),
    path("search/", search.search, name="search"),
    path("opensearch.xml", search.opensearch, name="opensearch"),
    path("methodology/", about.methodology, name="methodology"),
    path("subscribe/", about.subscribe, name="subscribe"),
    path("data/", data.data, name="data"),
    path("data/dictionary/", data.dictionary, name="dictionary"),
    path("api/", include("commitments.api.urls")),
    path("data/register-<day:day>.yaml", data.register_file, name="register_file"),
    path("data/register-<day:day>.yaml.sha256", data.register_digest, name="register_digest"),
    path("calendar.ics", calendar_feed.calendar, name="calendar"),
    path("calendars/areas/<slug:slug>.ics", calendar_feed.area_calendar, name="area_calendar"),
    path(
        "calendars/commitments/<reference:reference>.ics", calendar_feed.commitment_calendar, name="commitment_calendar"
    ),
    path("feeds.opml", catalogue.feed_list, name="feed_list"),
    path("feeds/updates.<feed_format:extension>", feeds.update_feed, name="update_feed"),
    path("feeds/corrections.<feed_format:extension>", feeds.correction_feed, name="correction_feed"),
    path("feeds/changes.<feed_format:extension>", feeds.change_feed, name="change_feed"),
    path("feeds/checks.<feed_format:extension>", feeds.check_feed, name="check_feed"),
    path("feeds/commitments.<feed_format:extension>", feeds.pledge_feed, name="pledge_feed"),
    path("feeds/weeks.<feed_format:extension>", feeds.week_feed, name="week_feed"),
    path("feeds/areas/<slug:slug>.<feed_format:extension>", feeds.area_feed, name="area_feed"),
    path("feeds/actors/<slug:slug>.<feed_format:extension>", feeds.actor_feed, name="actor_feed"),
    path(
        "feeds/commitments/<reference:reference>.<feed_format:extension>", feeds.commitment_feed, name="commitment_feed"
    ),
]
