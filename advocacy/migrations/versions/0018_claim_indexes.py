"""the claim finds the dispatch due first, and its blast's canaries, by an index"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'

PLANNED = {'sqlite_where': sa.text("state = 'planned'"), 'postgresql_where': sa.text("state = 'planned'")}
CANARY = {'sqlite_where': sa.text("canary = 1"), 'postgresql_where': sa.text("canary")}


def upgrade() -> None:
    op.drop_index('ix_dispatch_due', table_name='dispatch')
    op.create_index('ix_dispatch_due', 'dispatch', ['due_at', 'blast_id', 'no'], unique=False, **PLANNED)
    op.create_index('ix_dispatch_canary', 'dispatch', ['blast_id'], unique=False, **CANARY)


def downgrade() -> None:
    op.drop_index('ix_dispatch_canary', table_name='dispatch')
    op.drop_index('ix_dispatch_due', table_name='dispatch')
    op.create_index('ix_dispatch_due', 'dispatch', ['due_at'], unique=False, **PLANNED)
