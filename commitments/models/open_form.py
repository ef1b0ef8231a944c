"""What editors have open at the desk, and what they typed there and have not saved."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Cast, Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

LARGEST = 200_000
# A browser without JavaScript never says that it closed a page.
OPEN_FOR = datetime.timedelta(minutes=15)
KEPT_FOR = datetime.timedelta(days=14)
MOST_CLEARED = 100


class OpenFormQuerySet(models.QuerySet["OpenForm"]):
    def of_record(self, record: models.Model) -> OpenFormQuerySet:
        return self.filter(model=record._meta.label_lower, record_id=record.pk)

    def of_new(self, model: type[models.Model]) -> OpenFormQuerySet:
        return self.filter(model=model._meta.label_lower, record_id=None)

    def unsaved(self) -> OpenFormQuerySet:
        """Those with text that no record holds, latest first."""
        return self.filter(fields__isnull=False).order_by("-seen_at")

    def open_at(self, now: datetime.datetime) -> OpenFormQuerySet:
        return self.filter(is_open=True, seen_at__gt=now - OPEN_FOR)

    def clear(self, now: datetime.datetime) -> None:
        """Forget some of what is past its time. In a transaction; waits for nobody."""
        over = self.filter(seen_at__lt=now - KEPT_FOR).select_for_update(skip_locked=True)
        self.filter(pk__in=list(over.values_list("pk", flat=True)[:MOST_CLEARED])).delete()


class OpenForm(models.Model):
    """One form in one tab. The text is its writer's alone: no page shows it to anybody else, and no other table does.

    Not a record of the register: nothing public reads it, and no trail is kept of it.
    """

    token = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    model = models.CharField(_("model"), max_length=100)
    record_id = models.BigIntegerField(_("record"), null=True)
    version = models.BigIntegerField(_("version of the record when it was opened"), default=0)
    opened_at = models.DateTimeField(_("opened at"))
    seen_at = models.DateTimeField(_("seen at"))
    is_open = models.BooleanField(_("open"), default=True)
    fields = models.JSONField(_("what was typed"), null=True)

    objects = OpenFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("open form")
        verbose_name_plural = _("open forms")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="open_form_is_bounded",
                condition=LessThanOrEqual(Length(Cast(F("fields"), models.TextField())), LARGEST),
                violation_error_message=_("The text is too long to be kept before it is saved."),
            )
        ]
        indexes = [
            models.Index(fields=["model", "record_id", "seen_at"], name="open_form_by_record"),
            models.Index(fields=["seen_at"], name="open_form_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.record_id or _('new')}"
