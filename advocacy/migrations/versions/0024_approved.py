"""for how many people a second person said yes to a mail written by hand"""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'


def upgrade() -> None:
    with op.batch_alter_table('manuscript', schema=None) as batch_op:
        batch_op.add_column(sa.Column('approved', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('manuscript', schema=None) as batch_op:
        batch_op.drop_column('approved')
