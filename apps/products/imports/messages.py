from __future__ import annotations

from collections.abc import Iterable

from apps.products.csv.findings import Finding, RowError
from apps.products.models import ImportMessage, ProductImport

#: The most messages of each level that an import keeps. `failed` counts all refused rows.
MAX_MESSAGES = 10_000


class MessageLog:
    """Makes messages of the findings in a file."""

    def __init__(self, product_import: ProductImport) -> None:
        self._import = product_import
        self._room = {
            level: MAX_MESSAGES - product_import.messages.filter(level=level).count()
            for level in ImportMessage.Level
        }

    def collect(self, findings: Iterable[Finding]) -> list[ImportMessage]:
        """Return the messages to be stored, and forget those for which there is no room."""
        messages = []
        for finding in findings:
            level = _level_of(finding)
            if self._room[level] > 0:
                self._room[level] -= 1
                messages.append(self._message(level, finding))
        return messages

    def _message(self, level: ImportMessage.Level, finding: Finding) -> ImportMessage:
        return ImportMessage(
            product_import=self._import,
            level=level,
            line=finding.line,
            column_name=finding.column[:255],
            code=finding.code,
            message=finding.message,
            params=dict(finding.params),
        )


def _level_of(finding: Finding) -> ImportMessage.Level:
    return (
        ImportMessage.Level.ERROR
        if isinstance(finding, RowError)
        else (ImportMessage.Level.WARNING)
    )
