"""how a call went"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    outcome = sa.Enum('reached', 'voicemail', 'busy', name='calloutcome', native_enum=False, length=20)
    with op.batch_alter_table('action', schema=None) as batch_op:
        batch_op.add_column(sa.Column('outcome', outcome, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('action', schema=None) as batch_op:
        batch_op.drop_column('outcome')
