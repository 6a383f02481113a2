"""Roll-ups of each campaign's ledger, presses, letters by demand, and the indexes they are counted by."""

import sqlalchemy as sa
from alembic import op
from advocacy.models.base import UtcDateTime

revision = '0014'
down_revision = '0013'


def upgrade() -> None:
    op.create_table('counted',
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('counted_at', UtcDateTime(), nullable=True),
    sa.Column('changed_at', UtcDateTime(), nullable=True),
    sa.Column('seconds', sa.Double(), nullable=False),
    sa.Column('seen', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_counted_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', name=op.f('pk_counted'))
    )
    op.create_table('press',
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('supporter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_press_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['supporter_id'], ['supporter.id'], name=op.f('fk_press_supporter_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', 'supporter_id', name=op.f('pk_press'))
    )
    with op.batch_alter_table('press', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_press_at'), ['at'], unique=False)
        batch_op.create_index('ix_press_supporter', ['supporter_id'], unique=False)

    op.create_table('tally',
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('what', sa.String(length=20), nullable=False),
    sa.Column('blast_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_tally_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', 'what', 'blast_id', 'key', name=op.f('pk_tally'))
    )
    op.create_table('demand_count',
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('demand_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('letters', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_demand_count_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', 'demand_id', name=op.f('pk_demand_count'))
    )
    with op.batch_alter_table('action', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_action_at'), ['at'], unique=False)

    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index('ix_consent_withdrawn', ['at', 'supporter_id'], unique=False, sqlite_where=sa.text("action = 'withdrawn'"), postgresql_where=sa.text("action = 'withdrawn'"))

    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_left_out', ['blast_id', 'skip_reason', 'dispatch_no'], unique=False, sqlite_where=sa.text('skip_reason IS NOT NULL'), postgresql_where=sa.text('skip_reason IS NOT NULL'))



def downgrade() -> None:
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_delivery_left_out', sqlite_where=sa.text('skip_reason IS NOT NULL'), postgresql_where=sa.text('skip_reason IS NOT NULL'))

    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index('ix_consent_withdrawn', sqlite_where=sa.text("action = 'withdrawn'"), postgresql_where=sa.text("action = 'withdrawn'"))

    with op.batch_alter_table('action', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_action_at'))

    op.drop_table('demand_count')
    op.drop_table('tally')
    with op.batch_alter_table('press', schema=None) as batch_op:
        batch_op.drop_index('ix_press_supporter')
        batch_op.drop_index(batch_op.f('ix_press_at'))

    op.drop_table('press')
    op.drop_table('counted')
