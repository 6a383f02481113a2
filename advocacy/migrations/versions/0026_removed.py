"""demands and addressees that were taken out can be put back"""

import sqlalchemy as sa
from alembic import op

from advocacy.models.base import UtcDateTime

revision = '0026'
down_revision = '0025'

TABLES = ('demand', 'addressee')


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column('removed_at', UtcDateTime(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.execute(f'DELETE FROM {table} WHERE removed_at IS NOT NULL')  # noqa: S608 - our own two names
        op.drop_column(table, 'removed_at')
