"""Spreadsheets on their way into the register."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Func
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

LARGEST_FILE = 20 * 1024 * 1024
KEPT_FOR = datetime.timedelta(days=1)


class SheetImportQuerySet(models.QuerySet["SheetImport"]):
    def kept(self, now: datetime.datetime) -> SheetImportQuerySet:
        return self.filter(uploaded_at__gt=now - KEPT_FOR)

    def outdated(self, now: datetime.datetime) -> SheetImportQuerySet:
        return self.filter(uploaded_at__lte=now - KEPT_FOR)


class SheetImport(models.Model):
    """A file that an editor brought, kept for a day, so that what is confirmed is what was checked."""

    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("uploaded by")
    )
    file_name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField(_("content"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    imported_at = models.DateTimeField(_("imported at"), null=True)

    objects = SheetImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("spreadsheet")
        verbose_name_plural = _("spreadsheets")
        ordering = ["-uploaded_at", "-id"]
        default_permissions = ("add", "view")
        constraints = [
            models.CheckConstraint(
                name="sheet_import_bounded",
                condition=LessThanOrEqual(
                    Func(F("content"), function="octet_length", output_field=models.IntegerField()), LARGEST_FILE
                ),
            )
        ]

    def __str__(self) -> str:
        return self.file_name
