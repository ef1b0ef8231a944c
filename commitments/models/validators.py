"""Forms that a text must have; the same patterns stand in the database's CHECKs."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# Opens with http(s), names a host, and holds nothing that could end an attribute or a line.
WEB_ADDRESS = r"^https?://[^\s/?#@<>\"\\^`{|}]+([/?#][^\s<>\"\\^`{|}]*)?\Z"
LANGUAGE_TAG = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?\Z"

web_address = RegexValidator(WEB_ADDRESS, _("Enter a plain http or https address."))
language_tag = RegexValidator(LANGUAGE_TAG, _("Enter a language tag such as en, ja or pt-BR."))

# What text never needs and what breaks feeds, lines or the order of reading: controls, separators of lines and
# paragraphs, marks that turn the direction of writing, halves of surrogate pairs, the mark of a damaged encoding, and
# code points that are no characters.
NO_TEXT = r"\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufff9-\uffff"

plain_line = RegexValidator(
    rf"[\x00-\x1f{NO_TEXT}]",
    _("Remove line breaks, control characters and characters that cannot be shown."),
    code="not_plain_text",
    inverse_match=True,
)
plain_text = RegexValidator(
    rf"[\x00-\x08\x0b\x0c\x0e-\x1f{NO_TEXT}]",
    _("Remove control characters and characters that cannot be shown."),
    code="not_plain_text",
    inverse_match=True,
)
