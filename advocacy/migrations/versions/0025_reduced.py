"""When who got a mail was reduced to numbers."""

import sqlalchemy as sa
from alembic import op

from advocacy.models.base import UtcDateTime

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("blast", sa.Column("reduced_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("blast", "reduced_at")
