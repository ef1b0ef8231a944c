"""Where commitments stand before an update changes it: what an editor sees beside the assessment they write."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from .judgements import Judged, judge
from .models import Assessment, Commitment, Evidence, Milestone


@dataclass(frozen=True)
class Standing:
    """`rests_on` is the assessment that set the status, with its update; None where the status is derived."""

    judged: Judged
    rests_on: Assessment | None
    milestones: list[Milestone]

    @property
    def commitment(self) -> Commitment:
        return self.judged.commitment

    @property
    def evidence(self) -> str:
        return str(Evidence(self.judged.evidence).label) if self.judged.evidence else ""


def standings(keys: Collection[int], today: datetime.date) -> dict[int, Standing]:
    """The commitments of these keys as they stand today, drafts and withdrawn ones among them. Three queries."""
    if not keys:
        return {}
    commitments = Commitment.objects.filter(pk__in=keys).with_status(today).with_dates(today)
    judged = [judge(commitment, today) for commitment in commitments.select_related("instrument")]
    rests_on = {row.commitment.pk: current_assessment(row.commitment) for row in judged}
    current = Assessment.objects.select_related("update").in_bulk([key for key in rests_on.values() if key])
    milestones = defaultdict(list)
    for milestone in Milestone.objects.outstanding(today).filter(commitment__in=keys):
        milestones[milestone.commitment_id].append(milestone)
    return {
        row.commitment.pk: Standing(
            judged=row,
            rests_on=current.get(rests_on[row.commitment.pk] or 0),
            milestones=milestones[row.commitment.pk],
        )
        for row in judged
    }


def current_assessment(commitment: Any) -> int | None:
    """The key of what its status rests on, of a commitment that `with_status` annotated."""
    key: int | None = commitment.current_assessment_id
    return key
