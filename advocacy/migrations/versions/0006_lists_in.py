"""lists of supporters taken in from files"""

import sqlalchemy as sa
from alembic import op
from advocacy.models.base import UtcDateTime

revision = '0006'
down_revision = '0005'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
STATES = ('arrived', 'checking', 'checked', 'running', 'done', 'undoing', 'undone', 'broken', 'discarded')


def upgrade() -> None:
    op.create_table('parcel',
    sa.Column('id', BIG, nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parcel')),
    sa.UniqueConstraint('uid', name=op.f('uq_parcel_uid'))
    )
    op.create_index(op.f('ix_parcel_expires_at'), 'parcel', ['expires_at'])

    op.create_table('parcel_part',
    sa.Column('parcel_id', BIG, nullable=False),
    sa.Column('no', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['parcel_id'], ['parcel.id'], name=op.f('fk_parcel_part_parcel_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('parcel_id', 'no', name=op.f('pk_parcel_part'))
    )

    op.create_table('supporter_import',
    sa.Column('id', BIG, nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('state', sa.Enum(*STATES, name='importstate', native_enum=False, length=20), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('open_hash', sa.LargeBinary(length=32), nullable=True),
    sa.Column('source_id', BIG, nullable=True),
    sa.Column('refused_id', BIG, nullable=True),
    sa.Column('charset', sa.String(length=20), nullable=False),
    sa.Column('delimiter', sa.String(length=1), nullable=False),
    sa.Column('columns', sa.JSON(), nullable=False),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.Column('alerts', sa.Boolean(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('rows_done', sa.Integer(), nullable=False),
    sa.Column('bytes_done', sa.Integer(), nullable=False),
    sa.Column('checked', sa.JSON(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('fault', sa.Text(), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('begun_at', UtcDateTime(), nullable=True),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('undone_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['source_id'], ['parcel.id'], name=op.f('fk_supporter_import_source_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['refused_id'], ['parcel.id'], name=op.f('fk_supporter_import_refused_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supporter_import')),
    sa.UniqueConstraint('uid', name=op.f('uq_supporter_import_uid')),
    sa.UniqueConstraint('open_hash', name=op.f('uq_supporter_import_open_hash'))
    )
    op.create_index(op.f('ix_supporter_import_state'), 'supporter_import', ['state'])
    op.create_index(op.f('ix_supporter_import_created_at'), 'supporter_import', ['created_at'])

    op.create_table('import_key',
    sa.Column('import_id', BIG, nullable=False),
    sa.Column('email_key', sa.LargeBinary(length=32), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['supporter_import.id'], name=op.f('fk_import_key_import_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('import_id', 'email_key', name=op.f('pk_import_key'))
    )

    op.create_table('import_trace',
    sa.Column('import_id', BIG, nullable=False),
    sa.Column('supporter_id', BIG, nullable=False),
    sa.Column('made', sa.Boolean(), nullable=False),
    sa.Column('woke', sa.Boolean(), nullable=False),
    sa.Column('alerts', sa.Boolean(), nullable=False),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['supporter_import.id'], name=op.f('fk_import_trace_import_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['supporter_id'], ['supporter.id'], name=op.f('fk_import_trace_supporter_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('import_id', 'supporter_id', name=op.f('pk_import_trace'))
    )
    op.create_index(op.f('ix_import_trace_supporter_id'), 'import_trace', ['supporter_id'])


def downgrade() -> None:
    for table in ('import_trace', 'import_key', 'supporter_import', 'parcel_part', 'parcel'):
        op.drop_table(table)
