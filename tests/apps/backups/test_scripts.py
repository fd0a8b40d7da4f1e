"""Scripts of pg_dump, read as PostgreSQL's own restorer reads them."""

from __future__ import annotations

from io import BytesIO

import pytest

from apps.backups.scripts import TableRows, read_script


def read(script):
    """Return what a script is made of; of rows, the table and the lines."""
    return [
        (part.table, list(part.lines)) if isinstance(part, TableRows) else part
        for part in read_script(BytesIO(script))
    ]


def test_statements_and_rows_come_in_turn():
    assert read(
        b"SET a = 1;\nCOPY public.users (id, name) FROM stdin;\n1\ta\n2\tb\n\\.\n\nSELECT 1;\n"
    ) == ["SET a = 1;\n", ("users", [b"1\ta\n", b"2\tb\n"]), "\nSELECT 1;\n"]


def test_rows_that_nobody_read_are_no_statements():
    script = b"COPY public.a (id) FROM stdin;\nDROP TABLE a;\n\\.\nSELECT 1;\n"

    assert [part for part in read_script(BytesIO(script)) if isinstance(part, str)] == [
        "SELECT 1;\n"
    ]


def test_rows_that_look_like_commands_stay_rows():
    rows = [b"COPY public.a (id) FROM stdin;\n", b"\\\\.\n", b"-- x\n", b"\\restrict a\n"]

    [(_, lines), after] = read(
        b"COPY public.a (id) FROM stdin;\n" + b"".join(rows) + b"\\.\nSELECT 1;\n"
    )

    assert (lines, after) == (rows, "SELECT 1;\n")


def test_quoted_name_of_a_table_is_its_name():
    script = b'COPY public."order" (id, "user", "a, b", "say ""x""") FROM stdin;\n\\.\n'

    assert read(script) == [("order", [])]


def test_what_psql_or_a_newer_server_alone_understands_is_left_out():
    script = b"\\restrict aBc1\nSET transaction_timeout = 0;\nSELECT 1;\n\\unrestrict aBc1\n"

    assert read(script) == ["SELECT 1;\n"]


def test_comments_alone_are_nothing_and_within_a_function_they_stay():
    body = b"CREATE FUNCTION f() AS $$\n-- why\nSELECT 1 $$;\n"

    assert read(b"--\n-- PostgreSQL database dump\n--\n\n") == []
    assert read(body) == [body.decode()]


@pytest.mark.parametrize("end", [b"", b"1\ta"])
def test_script_that_ends_among_rows_ends(end):
    assert read(b"COPY public.a (id) FROM stdin;\n" + end) == [("a", [end] if end else [])]


def test_copy_is_fed_row_by_row():
    [rows] = [
        (part.command, part.read(8192), part.read(1), part.read(8192))
        for part in read_script(BytesIO(b"COPY public.a (id) FROM stdin;\n1\n22\n\\.\n"))
    ]

    assert rows == ("COPY public.a (id) FROM stdin;\n", b"1\n", b"22\n", b"")
