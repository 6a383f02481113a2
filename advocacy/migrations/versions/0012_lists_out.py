"""lists of supporters taken out, and the indexes by which the desk lists supporters"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from advocacy.models.base import UtcDateTime

revision = '0012'
down_revision = '0011'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('supporter_export',
    sa.Column('id', BIG, nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('state', sa.Enum('making', 'ready', 'gone', name='exportstate', native_enum=False, length=20), nullable=False),
    sa.Column('selection', sa.JSON(), nullable=False),
    sa.Column('parcel_id', BIG, nullable=True),
    sa.Column('expected', sa.Integer(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('last_id', BIG, nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('ready_at', UtcDateTime(), nullable=True),
    sa.Column('expires_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['parcel_id'], ['parcel.id'], name=op.f('fk_supporter_export_parcel_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supporter_export')),
    sa.UniqueConstraint('uid', name=op.f('uq_supporter_export_uid'))
    )
    op.create_index(op.f('ix_supporter_export_state'), 'supporter_export', ['state'])
    op.create_index(op.f('ix_supporter_export_actor'), 'supporter_export', ['actor'])

    op.drop_index('ix_supporter_state', 'supporter')
    op.drop_index('ix_supporter_confirmed_at', 'supporter')
    op.create_index('ix_supporter_country', 'supporter', ['country', 'id'])
    op.create_index('ix_supporter_language', 'supporter', ['language', 'id'])
    op.create_index('ix_supporter_timezone', 'supporter', ['timezone', 'id'])
    op.create_index('ix_supporter_state_id', 'supporter', ['state', 'id'])
    op.create_index('ix_supporter_confirmed', 'supporter', ['confirmed_at', 'id'])
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('supporter', 'tags', type_=JSONB(), postgresql_using='tags::jsonb')
    op.create_index('ix_supporter_tags', 'supporter', ['tags'], postgresql_using='gin')


def downgrade() -> None:
    op.drop_index('ix_supporter_tags', 'supporter')
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('supporter', 'tags', type_=sa.JSON(), postgresql_using='tags::json')
    for name in ('confirmed', 'state_id', 'timezone', 'language', 'country'):
        op.drop_index(f'ix_supporter_{name}', 'supporter')
    op.create_index('ix_supporter_confirmed_at', 'supporter', ['confirmed_at'])
    op.create_index('ix_supporter_state', 'supporter', ['state'])
    op.drop_table('supporter_export')
