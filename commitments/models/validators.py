"""Forms that a text must have; the same patterns stand in the database's CHECKs."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# Opens with http(s), names a host, and holds nothing that could end an attribute or a line.
WEB_ADDRESS = r"^https?://[^\s/?#@<>\"\\^`{|}]+([/?#][^\s<>\"\\^`{|}]*)?\Z"
LANGUAGE_TAG = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?\Z"

web_address = RegexValidator(WEB_ADDRESS, _("Enter a plain http or https address."))
language_tag = RegexValidator(LANGUAGE_TAG, _("Enter a language tag such as en, ja or pt-BR."))
