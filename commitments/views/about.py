"""Pages about the tracker itself."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ..clocks import Clocks
from ..definitions import definitions
from ..feeds.catalogue import Catalogue
from ..judgements import DUE_SOON, REVIEW_INTERVAL, STATUSES_OF, FreshnessState, ScheduleState
from ..models import Basis, Bearing, CommitmentKind, Discrepancy, Evidence, SourceKind, Strength
from ..overview import area_lines, instruments_of, judged_set
from ..public import page, public


@public
def methodology(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    rows = judged_set(clocks)
    context = {
        "total": len(rows),
        "lines": area_lines(rows),
        "instruments": instruments_of(rows),
        "groups": [(group, definitions(statuses)) for group, statuses in STATUSES_OF.items()],
        "vocabularies": [
            (_("Evidence"), definitions(Evidence)),
            (_("Schedule"), definitions(ScheduleState)),
            (_("Freshness"), definitions(FreshnessState)),
            (_("Bearing of an event"), definitions(Bearing)),
            (_("Kind of a pledge"), definitions(CommitmentKind)),
            (_("Strength of the wording, in our reading"), definitions(Strength)),
            (_("Basis: how a pledge is known"), definitions(Basis)),
            (_("Kind of a source"), definitions(SourceKind)),
        ],
        "review_days": [(group, interval.days, 2 * interval.days) for group, interval in REVIEW_INTERVAL.items()],
        "due_soon_days": DUE_SOON.days,
        "self_publishing": settings.TRACKER_ALLOW_SELF_PUBLISHING,
        "discrepancies": Discrepancy.objects.prefetch_related("source_links__source"),
    }
    return page(request, clocks, "commitments/methodology.html", context)


@public
def subscribe(request: HttpRequest, clocks: Clocks) -> HttpResponse:
    context = {"catalogue": Catalogue.at(clocks), "hub": settings.WEBSUB_HUB}
    return page(request, clocks, "commitments/subscribe.html", context)
