"""The mutants of `make proof` fit the code as it is; that they are killed is shown there."""

from __future__ import annotations

import re

import pytest

from tests.proof.mutants import MUTANTS
from tests.test_architecture import ROOT
from tests.test_security_rows import names_in

EDITS = {mutant.name: mutant.edit for mutant in MUTANTS.values() if mutant.edit}


def test_edit_has_its_place(tmp_path):
    for name, edit in EDITS.items():
        source, copy = ROOT / edit.file, tmp_path / name / edit.file
        copy.parent.mkdir(parents=True)
        copy.write_text(source.read_text())
        edit.apply(tmp_path / name)
        assert copy.read_text() != source.read_text()
        compile(copy.read_text(), edit.file, "exec")


def test_edit_without_its_place_is_an_error(tmp_path):
    edit = next(iter(EDITS.values()))
    (tmp_path / edit.file).parent.mkdir(parents=True)
    (tmp_path / edit.file).write_text("")
    with pytest.raises(LookupError):
        edit.apply(tmp_path)


def test_killers_of_a_mutant_exist():
    for mutant in MUTANTS.values():
        for file, _, test in re.findall(r"(tests/[\w/]+\.py)(::(\w+))?", mutant.killers):
            assert (ROOT / file).is_file()
            assert not test or test in names_in(file)
