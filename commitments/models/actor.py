"""Who is to act."""

from __future__ import annotations

import datetime

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .commitment import Commitment
from .triggers import ADDRESS_STAYS, audited, index_words, no_truncate, versioned, was_linked
from .validators import plain_line


class Side(models.TextChoices):
    """On whose behalf somebody acts."""

    EU = "eu", _("EU")
    JAPAN = "japan", _("Japan")
    JOINT = "joint", _("Joint")
    MEMBER_STATE = "member_state", _("Member state")
    THIRD = "third", _("Third party")


class ActorQuerySet(models.QuerySet["Actor"]):
    def published(self, as_of: datetime.date, known_on: datetime.date | None = None) -> ActorQuerySet:
        """Actors of whom some commitment has a page on that day, by the links of today."""
        public = Commitment.objects.published(as_of, known_on).filter(actor_links__actor=models.OuterRef("pk"))
        return self.filter(models.Exists(public))


class Actor(models.Model):
    slug = models.SlugField(_("address"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=120, validators=[plain_line])
    name_ja = models.CharField(_("name in Japanese"), max_length=80, blank=True, validators=[plain_line])
    abbreviation = models.CharField(_("abbreviation"), max_length=20, blank=True, validators=[plain_line])
    side = models.CharField(_("side"), max_length=12, choices=Side)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = ActorQuerySet.as_manager()

    class Meta:
        verbose_name = _("actor")
        verbose_name_plural = _("actors")
        ordering = ["position", "slug"]
        constraints = [models.CheckConstraint(name="actor_side", condition=models.Q(side__in=Side.values))]
        triggers = [
            *versioned(
                "(EXISTS (SELECT FROM commitments_commitmentactor l JOIN commitments_commitment c"
                " ON c.id = l.commitment_id WHERE l.actor_id = OLD.id AND c.published_at IS NOT NULL)"
                f" OR {was_linked('commitments_commitmentactor')})",
                refusals=ADDRESS_STAYS,
            ),
            index_words(
                "commitments",
                ids="ARRAY(SELECT commitment_id FROM commitments_commitmentactor WHERE actor_id = NEW.id)",
            ),
            audited("commitments_actor"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("commitments:actor", args=[self.slug])
