"""what was last seen of the domain we write from"""

import sqlalchemy as sa
from alembic import op
from advocacy.models.base import UtcDateTime

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.create_table('sending_domain',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('domain', sa.String(length=253), nullable=False),
    sa.Column('selector', sa.String(length=63), nullable=False),
    sa.Column('records', sa.JSON(), nullable=False),
    sa.Column('green', sa.Boolean(), nullable=False),
    sa.Column('asked_at', UtcDateTime(), nullable=True),
    sa.Column('checked_at', UtcDateTime(), nullable=True),
    sa.Column('released_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sending_domain'))
    )


def downgrade() -> None:
    op.drop_table('sending_domain')
