"""Who can be written to, counted by zone, country and language, and what each campaign changes about it."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('crowd',
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('alerts', sa.Boolean(), nullable=False),
    sa.Column('reachable', sa.Boolean(), nullable=False),
    sa.Column('people', _ID, nullable=False),
    sa.PrimaryKeyConstraint('state', 'zone', 'country', 'language', 'alerts', 'reachable', name=op.f('pk_crowd'))
    )
    op.create_table('campaign_crowd',
    sa.Column('campaign_id', _ID, nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('reminders', sa.String(length=20), nullable=False),
    sa.Column('acted', sa.Boolean(), nullable=False),
    sa.Column('people', _ID, nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_crowd_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', 'zone', 'country', 'reminders', 'acted', name=op.f('pk_campaign_crowd'))
    )


def downgrade() -> None:
    op.drop_table('campaign_crowd')
    op.drop_table('crowd')
