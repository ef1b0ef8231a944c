"""Dated records that someone searched and found nothing new. Silence is recorded, never assumed."""

from __future__ import annotations

import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from .dates import known_by
from .triggers import (
    audited,
    child_of_draft,
    final,
    insert_as_draft,
    must_be_now,
    no_truncate,
    raise_edition,
    refuse_if,
)
from .validators import language_tag, plain_line

BECOMES_PUBLIC = "OLD.recorded_at IS NULL AND NEW.recorded_at IS NOT NULL"


class CheckQuerySet(models.QuerySet["Check"]):
    def recorded(self, known_on: datetime.date | None = None) -> CheckQuerySet:
        """Known by that day. A check has no other clock: it covers every day from `covers_from`."""
        return self.filter(known_by("recorded_at", known_on))


class Check(models.Model):
    """Final once recorded. Without `covers_from` it covers each commitment from its instrument's adoption."""

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    checked_on = models.DateField(_("searched on"))
    covers_from = models.DateField(
        _("covers from"), null=True, blank=True, help_text=_("Without it: from the adoption of the instrument.")
    )
    commitments = models.ManyToManyField(
        "commitments.Commitment", through="commitments.CheckCommitment", related_name="checks"
    )
    places = ArrayField(models.CharField(max_length=300, validators=[plain_line]), verbose_name=_("places searched"))
    terms = ArrayField(models.CharField(max_length=300, validators=[plain_line]), verbose_name=_("terms"))
    languages = ArrayField(
        models.CharField(max_length=20, validators=[language_tag]), verbose_name=_("languages searched")
    )
    found = models.CharField(_("found"), max_length=300, validators=[plain_line])
    note = models.CharField(_("note"), max_length=400, blank=True, validators=[plain_line])
    recorded_at = models.DateTimeField(_("recorded at"), null=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ["-checked_on", "slug"]
        constraints = [
            models.CheckConstraint(
                name="check_covers_the_past",
                condition=Q(covers_from__isnull=True) | Q(covers_from__lte=F("checked_on")),
                violation_error_message=_("A search covers days before it, not after it."),
            ),
            models.CheckConstraint(
                name="check_says_what_was_searched",
                condition=Q(places__len__gt=0, terms__len__gt=0, languages__len__gt=0),
                violation_error_message=_("Say where, for what and in which languages was searched."),
            ),
        ]
        triggers = [
            insert_as_draft("recorded_at"),
            final("recorded_check_is_final", "OLD.recorded_at IS NOT NULL"),
            pgtrigger.Trigger(
                name="record",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(BECOMES_PUBLIC),
                func=f"""
                    {must_be_now("recorded_at")}
                    {refuse_if(
                        "NEW.checked_on > (NEW.recorded_at AT TIME ZONE 'UTC')::date", "happened_before_publication"
                    )}
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="recordable",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition(BECOMES_PUBLIC),
                func=f"""
                    PERFORM FROM commitments_commitment c JOIN commitments_checkcommitment l ON l.commitment_id = c.id
                    WHERE l.performed_check_id = NEW.id ORDER BY c.id FOR SHARE OF c;
                    {refuse_if(
                        "NOT EXISTS (SELECT FROM commitments_checkcommitment WHERE performed_check_id = NEW.id) "
                        "OR EXISTS (SELECT FROM commitments_checkcommitment l JOIN commitments_commitment c "
                        "ON c.id = l.commitment_id WHERE l.performed_check_id = NEW.id "
                        "AND (c.published_at IS NULL OR c.withdrawn_at IS NOT NULL))",
                        "check_needs_commitment",
                    )}
                    RETURN NULL;
                """,
            ),
            raise_edition(pgtrigger.Update, BECOMES_PUBLIC),
            audited("commitments_check"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.slug


class CheckCommitmentQuerySet(models.QuerySet["CheckCommitment"]):
    def known(self, known_on: datetime.date | None = None) -> CheckCommitmentQuerySet:
        """Of checks recorded by that day."""
        return self.filter(known_by("performed_check__recorded_at", known_on))

    def covering(self, day: datetime.date) -> CheckCommitmentQuerySet:
        """Those whose search covers this day, given that the commitment existed by then."""
        return self.filter(
            Q(performed_check__covers_from__isnull=True) | Q(performed_check__covers_from__lte=day)
        )

    def covering_before(self, day: datetime.date | models.expressions.Combinable) -> CheckCommitmentQuerySet:
        """Those whose search covers a day before this one on which the commitment existed already."""
        first_day = Coalesce("performed_check__covers_from", "commitment__instrument__adopted_by")
        return self.annotate(first_day=first_day).filter(first_day__lt=day)


class CheckCommitment(models.Model):
    # Not `check`: a foreign key of that name would replace Model.check(), and nothing would start.
    performed_check = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="commitment_links")
    commitment = models.ForeignKey("commitments.Commitment", on_delete=models.PROTECT, related_name="check_links")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = CheckCommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment covered by a check")
        verbose_name_plural = _("commitments covered by checks")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["performed_check", "commitment"], name="check_commitment_once")]
        triggers = [
            child_of_draft("commitments_check", "performed_check_id", "recorded_at", "recorded_check_is_final"),
            audited("commitments_check", "performed_check_id"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.performed_check_id} → {self.commitment_id}"
