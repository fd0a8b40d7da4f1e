"""Settings of the control: granian's default limit of clients."""

from multitenant.settings import *  # noqa: F403 -- the environment comes first

CLIENTS = 512
