"""Areas of cooperation."""

from __future__ import annotations

import datetime

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .commitment import Commitment
from .triggers import ADDRESS_STAYS, audited, index_words, no_truncate, versioned, was_named
from .validators import plain_line


class AreaQuerySet(models.QuerySet["Area"]):
    def published(self, as_of: datetime.date, known_on: datetime.date | None = None) -> AreaQuerySet:
        """Areas in which some commitment has a page on that day."""
        public = Commitment.objects.published(as_of, known_on).filter(area=models.OuterRef("pk"))
        return self.filter(models.Exists(public))


class Area(models.Model):
    slug = models.SlugField(_("address"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=60, validators=[plain_line])
    name_ja = models.CharField(_("name in Japanese"), max_length=60, validators=[plain_line])
    is_headline = models.BooleanField(_("headline pledge"), default=False)
    description = models.CharField(_("description"), max_length=300, validators=[plain_line])
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["position", "slug"]
        triggers = [
            *versioned(
                "(EXISTS (SELECT FROM commitments_commitment c WHERE c.area_id = OLD.id AND c.published_at IS NOT NULL)"
                f" OR {was_named('commitments_commitment', 'area_id')})",
                refusals=ADDRESS_STAYS,
            ),
            index_words("commitments", ids="ARRAY(SELECT id FROM commitments_commitment WHERE area_id = NEW.id)"),
            audited("commitments_area"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("commitments:area", args=[self.slug])
