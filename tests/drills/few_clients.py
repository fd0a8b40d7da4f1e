"""The project's settings with as many clients as granian has by default: the control of more."""

from multitenant.settings import *  # noqa: F403 -- the environment comes first

CLIENTS = 512
