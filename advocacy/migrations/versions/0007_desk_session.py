"""where organisers are signed in"""

import sqlalchemy as sa
from alembic import op
from advocacy.models.base import UtcDateTime

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    op.create_table('desk_session',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('organiser_id', sa.Integer(), nullable=False),
    sa.Column('browser', sa.String(length=20), nullable=False),
    sa.Column('system', sa.String(length=20), nullable=False),
    sa.Column('began_at', UtcDateTime(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['organiser_id'], ['organiser.id'], name=op.f('fk_desk_session_organiser_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_desk_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_desk_session_token_hash'))
    )
    with op.batch_alter_table('desk_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_desk_session_organiser_id'), ['organiser_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_desk_session_began_at'), ['began_at'], unique=False)


def downgrade() -> None:
    op.drop_table('desk_session')
