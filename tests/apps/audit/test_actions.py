from __future__ import annotations

import pytest
from django.utils.translation import override

from apps.audit.actions import action_choices


@pytest.mark.parametrize("language", ["de", "es"])
def test_every_action_has_a_translated_label(language):
    english = {code: str(label) for code, label in action_choices()}
    with override(language):
        translated = {code: str(label) for code, label in action_choices()}

    assert "mail.withheld" in english
    assert [code for code in english if english[code] == translated[code]] == []


def test_labels_of_actions_are_distinct():
    labels = [str(label) for _, label in action_choices()]

    assert len(labels) == len(set(labels))
