from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel


def test_historical_model_has_only_its_migrations_constraints():
    """CreateModel and AddConstraint must not both create a reference."""
    loader = MigrationLoader(None)
    state = loader.project_state(("tenants", "0001_initial"))
    operations = loader.disk_migrations["users", "0001_initial"].operations
    creations = [operation for operation in operations if isinstance(operation, CreateModel)]

    for creation in creations:
        creation.state_forwards("users", state)

    models = [state.apps.get_model("users", creation.name) for creation in creations]
    assert [len(model._meta.constraints) for model in models] == [
        len(creation.options.get("constraints", [])) for creation in creations
    ]
