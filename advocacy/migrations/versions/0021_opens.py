"""opens of a campaign's mails, counted where an owner asked for it"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'

TABLES = ('campaign', 'content_version', 'dispatch')


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column('counts_opens', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('delivery', sa.Column('opened', sa.String(length=10), nullable=True))


def downgrade() -> None:
    op.drop_column('delivery', 'opened')
    for table in reversed(TABLES):
        op.drop_column(table, 'counts_opens')
