"""when an office answers its phone, and what its web form asks"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    with op.batch_alter_table('addressee', schema=None) as batch_op:
        batch_op.add_column(sa.Column('form_asks', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('opening_hours', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('timezone', sa.String(length=64), nullable=True))
    with op.batch_alter_table('addressee', schema=None) as batch_op:
        batch_op.alter_column('form_asks', server_default=None)
        batch_op.alter_column('opening_hours', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('addressee', schema=None) as batch_op:
        batch_op.drop_column('timezone')
        batch_op.drop_column('opening_hours')
        batch_op.drop_column('form_asks')
