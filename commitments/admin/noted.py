"""What the parts of the desk tell each other while they answer one request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, QueryDict

from commitments.models import OpenForm
from commitments.publishing import Refused

if TYPE_CHECKING:
    from .prefill import Prefill


@dataclass
class Noted:
    """`version` is that of the text on the screen, `refusal` what the database said of it.

    `restored` is the kept text that is shown, `prefill` what the address fills in; a form that `is_only_shown` is
    saved by nothing.
    """

    version: int = 0
    refusal: Refused | None = None
    restored: OpenForm | None = None
    prefill: Prefill | None = None
    is_only_shown: bool = False


def noted(request: HttpRequest) -> Noted:
    notes: Noted = vars(request).setdefault("noted", Noted())
    return notes


def lay_in(request: HttpRequest, data: QueryDict) -> None:
    """Go on as if this had been sent."""
    request.POST = data  # type: ignore[assignment]  # their stubs know only what a browser sent, which nobody changes
