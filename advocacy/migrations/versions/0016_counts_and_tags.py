"""counts of supporters, and changes of tags"""

import sqlalchemy as sa
from alembic import op
from advocacy.models.base import UtcDateTime

revision = '0016'
down_revision = '0015'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
SUPPORTER = sa.Enum('pending', 'active', 'unsubscribed', 'bounced', 'erased', name='supporterstate', native_enum=False, length=20)


def upgrade() -> None:
    op.create_table('supporter_count',
    sa.Column('facet', sa.String(length=10), nullable=False),
    sa.Column('value', sa.String(length=64), nullable=False),
    sa.Column('state', SUPPORTER, nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('facet', 'value', 'state', name=op.f('pk_supporter_count'))
    )

    op.create_table('tagging',
    sa.Column('id', BIG, nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('state', sa.Enum('working', 'done', 'undoing', 'undone', name='taggingstate', native_enum=False, length=20), nullable=False),
    sa.Column('tag', sa.String(length=40), nullable=False),
    sa.Column('adds', sa.Boolean(), nullable=False),
    sa.Column('selection', sa.JSON(), nullable=False),
    sa.Column('expected', sa.Integer(), nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('last_id', BIG, nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tagging')),
    sa.UniqueConstraint('uid', name=op.f('uq_tagging_uid'))
    )
    op.create_index(op.f('ix_tagging_state'), 'tagging', ['state'])
    op.create_index(op.f('ix_tagging_created_at'), 'tagging', ['created_at'])

    op.create_table('tagging_trace',
    sa.Column('tagging_id', BIG, nullable=False),
    sa.Column('supporter_id', BIG, nullable=False),
    sa.ForeignKeyConstraint(['tagging_id'], ['tagging.id'], name=op.f('fk_tagging_trace_tagging_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['supporter_id'], ['supporter.id'], name=op.f('fk_tagging_trace_supporter_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tagging_id', 'supporter_id', name=op.f('pk_tagging_trace'))
    )
    op.create_index(op.f('ix_tagging_trace_supporter_id'), 'tagging_trace', ['supporter_id'])


def downgrade() -> None:
    for table in ('tagging_trace', 'tagging', 'supporter_count'):
        op.drop_table(table)
