"""When the first requests of a blast were let go: sooner than it is all planned."""

import sqlalchemy as sa
from alembic import op

from advocacy.models.base import UtcDateTime

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column('blast', sa.Column('started_at', UtcDateTime(), nullable=True))
    op.execute('UPDATE blast SET started_at = planned_at')


def downgrade() -> None:
    # The version before asks the provider, and marks a blast as planned, only once all of it is planned.
    op.execute("UPDATE blast SET state = 'planning' WHERE state = 'sending' AND planned_at IS NULL")
    op.execute('UPDATE blast SET planned_at = NULL WHERE started_at IS NULL')
    op.drop_column('blast', 'started_at')
