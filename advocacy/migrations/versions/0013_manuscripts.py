"""mails written by hand keep their source"""

import sqlalchemy as sa
from alembic import op
from advocacy.models.base import UtcDateTime

revision = '0013'
down_revision = '0012'


def upgrade() -> None:
    op.create_table('manuscript',
    sa.Column('blast_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('preheader', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('other_subject', sa.Text(), nullable=False),
    sa.Column('share', sa.Integer(), nullable=False),
    sa.Column('wait_hours', sa.Integer(), nullable=False),
    sa.Column('when', sa.Enum('now', 'instant', 'local', name='when', native_enum=False, length=20), nullable=False),
    sa.Column('wall', sa.String(length=16), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('saved_at', UtcDateTime(), nullable=False),
    sa.Column('saved_by', sa.String(length=80), nullable=False),
    sa.Column('tested_at', UtcDateTime(), nullable=True),
    sa.Column('asked_by', sa.String(length=80), nullable=True),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('pressed_at', UtcDateTime(), nullable=True),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('chosen', sa.String(length=12), nullable=False),
    sa.ForeignKeyConstraint(['blast_id'], ['blast.id'], name=op.f('fk_manuscript_blast_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('blast_id', name=op.f('pk_manuscript'))
    )


def downgrade() -> None:
    op.drop_table('manuscript')
