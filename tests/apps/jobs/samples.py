from tests.apps.jobs.factories import make_job
from tests.isolation.samples import Rows

ROWS = {"jobs.Job": Rows(make_job, text="error")}
