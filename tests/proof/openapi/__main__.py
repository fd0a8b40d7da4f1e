"""The command of schemathesis in a process that knows Django: its hooks log in by themselves."""

import django
from schemathesis.cli import schemathesis

django.setup()
schemathesis(prog_name="schemathesis")
