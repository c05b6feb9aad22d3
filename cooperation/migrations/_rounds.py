"""Migrations of many tables in a fraction of the time."""

from collections import Counter, defaultdict

from django.db.migrations.operations.base import Operation


class OneRound(Operation):
    """Operations on different tables, carried out between one state of the models and the next.

    Django makes the classes of all related models anew for each operation, and here nearly all models are related.
    """

    def __init__(self, operations):
        self.operations = operations

    def deconstruct(self):
        return self.__class__.__qualname__, [self.operations], {}

    def state_forwards(self, app_label, state):
        # The classes are made again, once, when the first operation asks for them.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return "; ".join(operation.describe() for operation in self.operations)


def in_rounds(operations):
    """Sort operations into rounds: the first one of each table, then the second one of each table, and so on.

    Only for operations that do not need what another table becomes in a later round.
    """
    seen, rounds = Counter(), defaultdict(list)
    for operation in operations:
        table = (getattr(operation, "model_name", None) or operation.name).lower()
        rounds[seen[table]].append(operation)
        seen[table] += 1
    return [OneRound(rounds[number]) for number in sorted(rounds)]
