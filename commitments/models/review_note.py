"""What writer and reviewers said to each other about an update; never public."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .status_update import StatusUpdate
from .triggers import audited, no_truncate, refuse, refuse_if
from .validators import plain_line


class ReviewAct(models.TextChoices):
    SUBMITTED = "submitted", _("submitted it")
    SENT_BACK = "sent_back", _("sent it back")
    REMARKED = "remarked", _("remarked")
    PUBLISHED = "published", _("published it")


class ReviewNote(models.Model):
    """Kept for good; it goes only with the draft that it is about."""

    update = models.ForeignKey(StatusUpdate, on_delete=models.CASCADE, related_name="review_notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    act = models.CharField(_("act"), max_length=9, choices=ReviewAct)
    note = models.CharField(_("note"), max_length=400, blank=True, validators=[plain_line])

    class Meta:
        verbose_name = _("review note")
        verbose_name_plural = _("review notes")
        ordering = ["id"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(name="review_note_act", condition=Q(act__in=ReviewAct.values)),
            models.CheckConstraint(
                name="review_note_says_something",
                condition=Q(note__regex=r"\S") | Q(act__in=[ReviewAct.SUBMITTED, ReviewAct.PUBLISHED]),
                violation_error_message=_("Say what should change."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="final",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=refuse("review_note_is_final"),
            ),
            pgtrigger.Trigger(
                name="stays_with_its_update",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                func=refuse_if(
                    "EXISTS (SELECT FROM commitments_statusupdate WHERE id = OLD.update_id)", "review_note_is_final"
                )
                + " RETURN NULL;",
            ),
            # Under itself: a remark makes no new version of the update, which its writer may have open.
            audited("commitments_reviewnote"),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.update_id}: {self.act}"
