"""Settings under which the shops are the same site for a browser, as in production.

Below `localhost` each shop is a site; below another domain only the origin tells two apart. With
ORIGINS_UNCHECKED=1 forms of all origins are taken: the control of the tests.
"""

import os

from multitenant.settings import *  # noqa: F403

BASE_DOMAIN = "galleria.test"

if os.environ.get("ORIGINS_UNCHECKED"):
    INSTALLED_APPS = [
        *INSTALLED_APPS,  # noqa: F405
        "tests.browser.siblings.apps.UncheckedConfig",
    ]
