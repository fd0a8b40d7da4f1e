from __future__ import annotations

import re
import tomllib
import unicodedata
from email.utils import parseaddr
from pathlib import Path

from django.conf import global_settings, settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

#: One DNS label of 3 to 63 characters (RFC 1123). Match it whole: `$` would let a newline pass.
CODE_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")

#: The form of an ISO 4217 code; apps.shops.currencies has the list.
validate_currency_form = RegexValidator(r"\A[A-Z]{3}\Z", "Three capital letters, such as EUR.")

#: Characters that look alike, and the character that each becomes in a skeleton.
LOOK_ALIKES = ("01l", "oii")

_KINDS = tomllib.loads(Path(__file__).with_name("reserved_codes.toml").read_text()).values()


def normalize_code(text: str) -> str:
    """Return `text` in lower case if it is ASCII: the Kelvin sign must not become a k."""
    return text.lower() if text.isascii() else text


def code_skeleton(code: str) -> str:
    """Return `code` with look-alike characters merged: codes that look alike have the same."""
    return code.translate(str.maketrans(*LOOK_ALIKES))


def is_reserved_code(code: str) -> bool:
    """Return True if `code` looks like a reserved code, or a numbered one such as mail7."""
    letters = code.replace("-", "")
    numbered = _reserved_skeleton(letters.strip("0123456789")) in _NUMBERED_SKELETONS
    skeleton = _reserved_skeleton(letters)
    return numbered or skeleton in _RESERVED_SKELETONS or code_skeleton("galleria") in skeleton


def _reserved_skeleton(code: str) -> str:
    # Merges more than code_skeleton(), because shop5 and shops may be two shops.
    return code_skeleton(code.replace("-", "").replace("rn", "m").replace("vv", "w")).replace(
        "5", "s"
    )


def is_well_formed_code(code: str) -> bool:
    """Return True if `code` is a valid subdomain; `--` in third place is reserved for IDNA."""
    return CODE_PATTERN.fullmatch(code) is not None and code[2:4] != "--"


def validate_code(code: str) -> None:
    """Raise ValidationError, with code `malformed` or `reserved`, for an invalid shop code."""
    if not is_well_formed_code(code):
        raise ValidationError(
            _(
                "A shop code has 3 to 63 characters: small letters, digits, "
                "and hyphens between them."
            ),
            code="malformed",
        )
    if is_reserved_code(code):
        raise ValidationError(_("This code is reserved."), code="reserved")


def _skeletons(*, numbered_only: bool = False) -> frozenset[str]:
    kinds = [kind for kind in _KINDS if kind["numbered"] or not numbered_only]
    codes = " ".join(kind["codes"] for kind in kinds).split()
    return frozenset(map(_reserved_skeleton, codes))


_RESERVED_SKELETONS = _skeletons()
_NUMBERED_SKELETONS = _skeletons(numbered_only=True)

# Control characters, line separators, directional overrides and isolates, and invisible characters,
# except the joiners that Persian and emoji need, and variation selectors.
_UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
)
#: Regional flags, the only valid use of tag characters.
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
#: Characters besides white space that are invisible at the start or end of a text.
_EDGES = "\u200c\u200d\u200e\u200f\u061c\u2800"
_LINK = re.compile(r"[@<>]|://|\bwww\.")
#: In each word, the characters that look like its first letter.
_ALIKE = "aаᴀɑαᎪ cс eеᴇєεᎬ g6ԍɢɡǥᏀ jј l1i|!¡ǀǃ│łıɪіӏʟιꓡᏞᏆ o0оο pрρ rгʀᎡ sѕ xх yу"  # noqa: RUF001 -- intended
_LOOKALIKES = str.maketrans({other: word[0] for word in _ALIKE.split() for other in word[1:]})


def validate_language(tag: str) -> None:
    """Raise ValidationError unless `tag` is a language that Django knows, such as de or pt-br."""
    if tag not in dict(global_settings.LANGUAGES):
        raise ValidationError(_("A language, such as en, de or pt-br."), code="unknown_language")


INVALID_TITLE = gettext_noop(
    "A single line with a letter or a digit, without control or invisible characters."
)


def validate_title(text: str) -> None:
    """Raise ValidationError unless `text` is one trimmed line with a visible letter or digit."""
    is_trimmed = text == text.strip().strip(_EDGES)
    has_letter = any(unicodedata.category(character)[0] in "LN" for character in text)
    if not is_trimmed or not has_letter or _UNFIT.search(_FLAG.sub("", text)):
        raise ValidationError(_(INVALID_TITLE), code="invalid_name")


def validate_name(text: str) -> None:
    """Raise ValidationError unless `text` is a valid name of a person or shop.

    A name is a title without a link and without the platform's name.
    """
    validate_title(text)
    if _LINK.search(unicodedata.normalize("NFKC", text).casefold()):
        raise ValidationError(_("No addresses, links, < or >."), code="invalid_name")
    platform, _address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    names = {_appearance("Galleria"), _appearance(platform)} - {""}
    if any(name in _appearance(text) for name in names):
        raise ValidationError(_("This is the platform's name."), code="reserved")


def _appearance(name: str) -> str:
    """Return the letters and digits of a name in lower case, with look-alikes merged."""
    plain = unicodedata.normalize("NFKD", re.sub("[\u2120\u2122]", "", name)).casefold()
    return "".join(filter(str.isalnum, plain.translate(_LOOKALIKES)))
