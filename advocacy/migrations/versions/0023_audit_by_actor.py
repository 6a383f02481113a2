"""the audit log by who did it"""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_index('ix_audit_entry_actor', 'audit_entry', ['actor', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_audit_entry_actor', table_name='audit_entry')
