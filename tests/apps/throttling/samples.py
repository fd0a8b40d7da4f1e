from tests.apps.throttling.factories import make_counter
from tests.isolation.samples import Rows

ROWS = {"throttling.TenantCounter": Rows(make_counter, text="rule")}
