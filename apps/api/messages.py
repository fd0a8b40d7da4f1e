"""Messages of DRF with translations that address people as the pages do, and are shorter."""

from django.utils.translation import gettext_noop as _

REPLACED = [
    _("This field is required."),
    _("Enter a valid email address."),
    _("Enter a valid URL."),
    _("Ensure this field has no more than {max_length} characters."),
    _("Ensure this field has at least {min_length} characters."),
    _("Ensure this value is less than or equal to {max_value}."),
    _("Ensure this value is greater than or equal to {min_value}."),
]
