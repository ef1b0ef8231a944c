"""Accounts, for administrators who are no superusers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db import models
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .conflict import ConflictMixin
from .history import AuditedHistoryMixin
from .merging import Earlier

if TYPE_CHECKING:
    BaseUserAdmin = UserAdmin[User]
else:
    BaseUserAdmin = UserAdmin

# Groups are roles, and roles are a table in code.
admin.site.unregister(Group)
admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(ConflictMixin, AuditedHistoryMixin, BaseUserAdmin):
    """Only a superuser makes a superuser, or touches one's account; nobody gives single permissions."""

    actions = None
    change_form_template = "admin/commitments/change_form.html"
    offers_words_as_new = False
    list_display = ("username", "first_name", "last_name", "email", "roles", "is_active")
    list_filter = ("is_active", "groups")
    filter_horizontal = ()
    show_facets = admin.ShowFacets.NEVER

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, Any]]:
        if obj is None:
            return list(self.add_fieldsets)
        rights = ["is_active", "is_staff", "groups"]
        if request.user.is_superuser:
            rights.insert(2, "is_superuser")
        return [
            (None, {"fields": ("username", "password")}),
            (_("Person"), {"fields": ("first_name", "last_name", "email")}),
            (_("Roles"), {"fields": rights}),
            (_("Important dates"), {"fields": ("last_login", "date_joined")}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), "last_login", "date_joined"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or not obj.is_superuser or request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or not obj.is_superuser or request.user.is_superuser)

    def earlier_initial(self, obj: Any, earlier: Earlier) -> dict[str, Any]:
        links = earlier.rows(User.groups.through.objects.filter(user=obj))
        return {"groups": [link.group_id for link in links]}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("groups")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["widget"] = CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("roles"))
    def roles(self, person: User) -> str:
        return ", ".join(group.name for group in person.groups.all())
