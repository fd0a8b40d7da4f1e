"""The mutants of `make proof` fit the code; that tests fail on them is proven there."""

from __future__ import annotations

import re
from functools import wraps

import pytest

from apps.tenants import context, managers
from tests.proof.mutants import MUTANTS
from tests.proof.mutants.mutant import Mutant, replace
from tests.test_architecture import ROOT
from tests.test_security_rows import names_in

PATCHES = [name for name, mutant in MUTANTS.items() if mutant.change]


@pytest.mark.parametrize("name", PATCHES)
def test_mutant_fits_the_code(name):
    with pytest.MonkeyPatch.context() as patch:
        MUTANTS[name].apply(patch)

        assert patch._setattr


def test_mutant_whose_target_is_missing_is_an_error(monkeypatch):
    lost = Mutant("lost", "", "", lambda patch: patch.setattr(context, "missing", None))

    with pytest.raises(LookupError, match="missing"):
        lost.apply(monkeypatch)


def test_object_that_is_not_at_its_name_is_not_replaced(monkeypatch):
    impostor = wraps(context.get_active_tenant)(lambda: None)

    with pytest.raises(LookupError, match="get_active_tenant"):
        replace(monkeypatch, impostor, print)


def test_replaced_function_is_replaced_where_it_was_imported(monkeypatch):
    replace(monkeypatch, context.require_active_tenant, print)

    assert managers.require_active_tenant is context.require_active_tenant is print


def test_killers_of_a_mutant_exist():
    for mutant in MUTANTS.values():
        for file, _, test in re.findall(r"(tests/[\w/]+\.py)(::(\w+))?", mutant.killers):
            assert (ROOT / file).is_file()
            assert not test or test in names_in(file)


def test_killers_chosen_by_a_part_of_their_name_exist():
    for mutant in MUTANTS.values():
        for file, part in re.findall(r"(tests/[\w/]+\.py) -k (\w+)", mutant.killers):
            # Of a test, or of a function that is its parameter.
            assert any(part in name for name in names_in(file)), mutant.name
