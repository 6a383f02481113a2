"""How many people a mail goes to, counted in the background for the page that asked."""

import sqlalchemy as sa
from alembic import op

import advocacy.models.base

revision = '0020'
down_revision = '0019'

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('headcount',
    sa.Column('campaign_id', _ID, nullable=False),
    sa.Column('what', sa.String(length=10), nullable=False),
    sa.Column('blast_id', _ID, nullable=False),
    sa.Column('asked', sa.Text(), nullable=False),
    sa.Column('asked_at', advocacy.models.base.UtcDateTime(), nullable=False),
    sa.Column('begun_at', advocacy.models.base.UtcDateTime(), nullable=True),
    sa.Column('counted_at', advocacy.models.base.UtcDateTime(), nullable=True),
    sa.Column('seconds', sa.Double(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('zones', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_headcount_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', 'what', 'blast_id', name=op.f('pk_headcount'))
    )


def downgrade() -> None:
    op.drop_table('headcount')
