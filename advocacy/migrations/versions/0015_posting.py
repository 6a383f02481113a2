"""the organisation's own word on the post, and its list of embassies"""

import sqlalchemy as sa
from alembic import op
from advocacy.models.base import UtcDateTime

revision = '0015'
down_revision = '0014'


def upgrade() -> None:
    op.create_table('posting_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_country', sa.String(length=2), nullable=True),
    sa.Column('to_country', sa.String(length=2), nullable=True),
    sa.Column('working_days', sa.Integer(), nullable=True),
    sa.Column('suspended', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('why', sa.String(length=500), nullable=False),
    sa.Column('dated', sa.Date(), nullable=False),
    sa.Column('entered_at', UtcDateTime(), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('taken_back_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting_entry'))
    )
    op.create_table('embassy',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('of_country', sa.String(length=2), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('salutation', sa.String(length=300), nullable=True),
    sa.Column('postal_lines', sa.JSON(), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('emails', sa.JSON(), nullable=False),
    sa.Column('phones', sa.JSON(), nullable=False),
    sa.Column('faxes', sa.JSON(), nullable=False),
    sa.Column('web_form', sa.String(length=500), nullable=True),
    sa.Column('for_countries', sa.JSON(), nullable=False),
    sa.Column('former', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('changed_at', UtcDateTime(), nullable=False),
    sa.Column('removed_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_embassy'))
    )
    with op.batch_alter_table('embassy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_embassy_of_country'), ['of_country'], unique=False)

    with op.batch_alter_table('addressee', schema=None) as batch_op:
        batch_op.add_column(sa.Column('embassy_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_addressee_embassy_id'), 'embassy', ['embassy_id'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('addressee', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_addressee_embassy_id'), type_='foreignkey')
        batch_op.drop_column('embassy_id')

    op.drop_table('embassy')
    op.drop_table('posting_entry')
