"""first tables"""

import sqlalchemy as sa
from alembic import op
from advocacy.models.base import UtcDateTime

revision = '0001'
down_revision = None


def upgrade() -> None:
    op.create_table('audit_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('what', sa.String(length=60), nullable=False),
    sa.Column('object', sa.String(length=80), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('mac', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_object'), ['object'], unique=False)

    op.create_table('campaign',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('state', sa.Enum('draft', 'live', 'paused', 'closed', name='campaignstate', native_enum=False, length=20), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('index_number', sa.String(length=80), nullable=True),
    sa.Column('ua_number', sa.String(length=40), nullable=True),
    sa.Column('issued', sa.Date(), nullable=True),
    sa.Column('deadline', sa.Date(), nullable=True),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('countries', sa.JSON(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('concern', sa.Text(), nullable=False),
    sa.Column('case_text', sa.Text(), nullable=False),
    sa.Column('background', sa.Text(), nullable=False),
    sa.Column('safety_notice', sa.Text(), nullable=False),
    sa.Column('cadence', sa.JSON(), nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('sample', sa.Boolean(), nullable=False),
    sa.Column('reviewed_at', UtcDateTime(), nullable=True),
    sa.Column('follows_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('launched_at', UtcDateTime(), nullable=True),
    sa.Column('closed_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['follows_id'], ['campaign.id'], name=op.f('fk_campaign_follows_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign')),
    sa.UniqueConstraint('slug', name=op.f('uq_campaign_slug'))
    )
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaign_state'), ['state'], unique=False)

    op.create_table('delivery',
    sa.Column('blast_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('supporter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('dispatch_no', sa.Integer(), nullable=True),
    sa.Column('skip_reason', sa.String(length=40), nullable=True),
    sa.Column('outcome', sa.String(length=20), nullable=True),
    sa.Column('outcome_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('blast_id', 'supporter_id', name=op.f('pk_delivery'))
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_dispatch', ['blast_id', 'dispatch_no'], unique=False)
        batch_op.create_index('ix_delivery_supporter', ['supporter_id'], unique=False)

    op.create_table('dispatch',
    sa.Column('blast_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('no', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('parent_no', sa.Integer(), nullable=True),
    sa.Column('public_id', sa.String(length=40), nullable=False),
    sa.Column('content_version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('send_by', UtcDateTime(), nullable=False),
    sa.Column('hold_until', UtcDateTime(), nullable=True),
    sa.Column('civil_until', UtcDateTime(), nullable=True),
    sa.Column('zone', sa.String(length=64), nullable=True),
    sa.Column('counts_at', UtcDateTime(), nullable=False),
    sa.Column('canary', sa.Boolean(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('first_supporter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('last_supporter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.Enum('planned', 'claimed', 'inflight', 'accepted', 'refused', 'ambiguous', 'not_accepted', 'empty', 'cancelled', name='dispatchstate', native_enum=False, length=20), nullable=False),
    sa.Column('state_reason', sa.String(length=300), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_token', sa.String(length=32), nullable=True),
    sa.Column('lease_until', UtcDateTime(), nullable=True),
    sa.Column('inflight_at', UtcDateTime(), nullable=True),
    sa.Column('answer_by', UtcDateTime(), nullable=True),
    sa.Column('settled_at', UtcDateTime(), nullable=True),
    sa.Column('settled_how', sa.String(length=40), nullable=True),
    sa.Column('http_status', sa.Integer(), nullable=True),
    sa.Column('provider_message_id', sa.String(length=120), nullable=True),
    sa.Column('body_sha256', sa.String(length=64), nullable=True),
    sa.Column('error', sa.String(length=500), nullable=True),
    sa.PrimaryKeyConstraint('blast_id', 'no', name=op.f('pk_dispatch')),
    sa.UniqueConstraint('public_id', name=op.f('uq_dispatch_public_id'))
    )
    with op.batch_alter_table('dispatch', schema=None) as batch_op:
        batch_op.create_index('ix_dispatch_due', ['due_at'], unique=False, sqlite_where=sa.text("state = 'planned'"), postgresql_where=sa.text("state = 'planned'"))
        batch_op.create_index('ix_dispatch_open', ['state', 'answer_by'], unique=False, sqlite_where=sa.text("state IN ('claimed', 'inflight', 'ambiguous')"), postgresql_where=sa.text("state IN ('claimed', 'inflight', 'ambiguous')"))

    op.create_table('fact',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_fact'))
    )
    op.create_table('organiser',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=255), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('tf_primary_method', sa.String(length=64), nullable=True),
    sa.Column('tf_totp_secret', sa.String(length=255), nullable=True),
    sa.Column('tf_last_counter', sa.BigInteger(), nullable=True),
    sa.Column('mf_recovery_codes', sa.UnicodeText(), nullable=True),
    sa.Column('fs_webauthn_user_handle', sa.String(length=64), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organiser')),
    sa.UniqueConstraint('email', name=op.f('uq_organiser_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_organiser_fs_uniquifier')),
    sa.UniqueConstraint('fs_webauthn_user_handle', name=op.f('uq_organiser_fs_webauthn_user_handle'))
    )
    op.create_table('provider_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('tokens', sa.Double(), nullable=False),
    sa.Column('tokens_at', UtcDateTime(), nullable=True),
    sa.Column('rate', sa.Double(), nullable=False),
    sa.Column('window', sa.Integer(), nullable=False),
    sa.Column('cooldown_until', UtcDateTime(), nullable=True),
    sa.Column('health', sa.String(length=20), nullable=False),
    sa.Column('health_reason', sa.String(length=300), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_account')),
    sa.UniqueConstraint('kind', name=op.f('uq_provider_account_kind'))
    )
    op.create_table('report',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('dedupe_key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('public_id', sa.String(length=40), nullable=True),
    sa.Column('person_ref', sa.String(length=64), nullable=True),
    sa.Column('type', sa.String(length=30), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=True),
    sa.Column('suppression_key', sa.LargeBinary(length=32), nullable=True),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('kept_at', UtcDateTime(), nullable=False),
    sa.Column('applied_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_report_dedupe_key'))
    )
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_public_id'), ['public_id'], unique=False)
        batch_op.create_index('ix_report_unapplied', ['id'], unique=False, sqlite_where=sa.text('applied_at IS NULL'), postgresql_where=sa.text('applied_at IS NULL'))

    op.create_table('role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
    sa.UniqueConstraint('name', name=op.f('uq_role_name'))
    )
    op.create_table('supporter',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('email_key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('suppression_key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('email_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('town_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.Enum('pending', 'active', 'unsubscribed', 'bounced', 'erased', name='supporterstate', native_enum=False, length=20), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.Column('sample', sa.Boolean(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('confirmed_at', UtcDateTime(), nullable=True),
    sa.Column('erased_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supporter')),
    sa.UniqueConstraint('email_key', name=op.f('uq_supporter_email_key')),
    sa.UniqueConstraint('uid', name=op.f('uq_supporter_uid'))
    )
    with op.batch_alter_table('supporter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_supporter_confirmed_at'), ['confirmed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_supporter_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_supporter_suppression_key'), ['suppression_key'], unique=False)

    op.create_table('suppression',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('suppression_key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('scope', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suppression')),
    sa.UniqueConstraint('suppression_key', 'scope', name=op.f('uq_suppression_suppression_key'))
    )
    op.create_table('sign_in_failure',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account', sa.LargeBinary(length=32), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_failure'))
    )
    with op.batch_alter_table('sign_in_failure', schema=None) as batch_op:
        batch_op.create_index('ix_sign_in_failure_account_at', ['account', 'at'], unique=False)

    op.create_table('addressee',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('primary', 'copy', name='role', native_enum=False, length=20), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('office', sa.String(length=300), nullable=True),
    sa.Column('salutation', sa.String(length=300), nullable=True),
    sa.Column('postal_lines', sa.JSON(), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('emails', sa.JSON(), nullable=False),
    sa.Column('phones', sa.JSON(), nullable=False),
    sa.Column('faxes', sa.JSON(), nullable=False),
    sa.Column('web_form', sa.String(length=500), nullable=True),
    sa.Column('social', sa.String(length=200), nullable=True),
    sa.Column('language', sa.String(length=12), nullable=True),
    sa.Column('for_countries', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_addressee_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_addressee'))
    )
    with op.batch_alter_table('addressee', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_addressee_campaign_id'), ['campaign_id'], unique=False)

    op.create_table('blast',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rule', sa.String(length=40), nullable=False),
    sa.Column('occurrence', sa.String(length=40), nullable=False),
    sa.Column('supersedes', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.Enum('draft', 'scheduled', 'planning', 'sending', 'paused', 'blocked', 'missed', 'completed', 'cancelled', name='blaststate', native_enum=False, length=20), nullable=False),
    sa.Column('state_reason', sa.String(length=300), nullable=False),
    sa.Column('audience', sa.JSON(), nullable=False),
    sa.Column('scheduled_at', UtcDateTime(), nullable=False),
    sa.Column('local_time', sa.Boolean(), nullable=False),
    sa.Column('send_by', UtcDateTime(), nullable=False),
    sa.Column('plan_cursor', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('planned_at', UtcDateTime(), nullable=True),
    sa.Column('swept_to', UtcDateTime(), nullable=True),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.Column('progress_at', UtcDateTime(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_blast_campaign_id')),
    sa.ForeignKeyConstraint(['supersedes'], ['blast.id'], name=op.f('fk_blast_supersedes')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blast')),
    sa.UniqueConstraint('campaign_id', 'rule', 'occurrence', name=op.f('uq_blast_campaign_id'))
    )
    with op.batch_alter_table('blast', schema=None) as batch_op:
        batch_op.create_index('ix_blast_state_scheduled', ['state', 'scheduled_at'], unique=False)

    op.create_table('consent',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('supporter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('action', sa.Enum('asked', 'confirmed', 'withdrawn', 'imported', 'complained', name='consentaction', native_enum=False, length=20), nullable=False),
    sa.Column('wording', sa.Text(), nullable=False),
    sa.Column('version', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_consent_campaign_id')),
    sa.ForeignKeyConstraint(['supporter_id'], ['supporter.id'], name=op.f('fk_consent_supporter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_supporter_id'), ['supporter_id'], unique=False)

    op.create_table('demand',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_demand_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_demand'))
    )
    with op.batch_alter_table('demand', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_demand_campaign_id'), ['campaign_id'], unique=False)

    op.create_table('document',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('reading', sa.JSON(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_document_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('campaign_id', name=op.f('uq_document_campaign_id'))
    )
    op.create_table('email_alias',
    sa.Column('email_key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('supporter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['supporter_id'], ['supporter.id'], name=op.f('fk_email_alias_supporter_id')),
    sa.PrimaryKeyConstraint('email_key', name=op.f('pk_email_alias'))
    )
    with op.batch_alter_table('email_alias', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_email_alias_supporter_id'), ['supporter_id'], unique=False)

    op.create_table('organiser_role',
    sa.Column('organiser_id', sa.Integer(), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organiser_id'], ['organiser.id'], name=op.f('fk_organiser_role_organiser_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_organiser_role_role_id')),
    sa.PrimaryKeyConstraint('organiser_id', 'role_id', name=op.f('pk_organiser_role'))
    )
    op.create_table('passkey',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('credential_id', sa.LargeBinary(length=1024), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.Integer(), nullable=True),
    sa.Column('transports', sa.UnicodeText(), nullable=True),
    sa.Column('backup_state', sa.Boolean(), nullable=False),
    sa.Column('device_type', sa.String(length=64), nullable=False),
    sa.Column('extensions', sa.String(length=255), nullable=True),
    sa.Column('create_datetime', sa.DateTime(), server_default=sa.func.now(), nullable=False),
    sa.Column('lastuse_datetime', sa.DateTime(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('usage', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['organiser.id'], name=op.f('fk_passkey_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_passkey_credential_id'))
    )
    op.create_table('sign_in_link',
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('organiser_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.Column('used_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['organiser_id'], ['organiser.id'], name=op.f('fk_sign_in_link_organiser_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sign_in_link'))
    )
    with op.batch_alter_table('sign_in_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_link_organiser_id'), ['organiser_id'], unique=False)

    op.create_table('sign_up',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=True),
    sa.Column('supporter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reminders', sa.Enum('all', 'last', 'none', name='reminders', native_enum=False, length=20), nullable=True),
    sa.Column('alerts', sa.Boolean(), nullable=False),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('town_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('abuse_key', sa.LargeBinary(length=32), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('confirmed_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_sign_up_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['supporter_id'], ['supporter.id'], name=op.f('fk_sign_up_supporter_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_up')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_up_token_hash')),
    sa.UniqueConstraint('uid', name=op.f('uq_sign_up_uid'))
    )
    with op.batch_alter_table('sign_up', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_up_abuse_key'), ['abuse_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_sign_up_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_sign_up_supporter_id'), ['supporter_id'], unique=False)

    op.create_table('single_mail',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uid', sa.String(length=32), nullable=False),
    sa.Column('public_id', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.Enum('confirmation', 'thanks', 'test', 'invitation', 'data_link', 'alert', name='singlekind', native_enum=False, length=20), nullable=False),
    sa.Column('dedupe_key', sa.String(length=120), nullable=False),
    sa.Column('supporter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('organiser_id', sa.Integer(), nullable=True),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('address_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('secret_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('send_by', UtcDateTime(), nullable=False),
    sa.Column('hold_until', UtcDateTime(), nullable=True),
    sa.Column('state', sa.Enum('planned', 'claimed', 'inflight', 'accepted', 'refused', 'ambiguous', 'not_accepted', 'empty', 'cancelled', name='dispatchstate', native_enum=False, length=20), nullable=False),
    sa.Column('state_reason', sa.String(length=300), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_token', sa.String(length=32), nullable=True),
    sa.Column('lease_until', UtcDateTime(), nullable=True),
    sa.Column('inflight_at', UtcDateTime(), nullable=True),
    sa.Column('answer_by', UtcDateTime(), nullable=True),
    sa.Column('settled_at', UtcDateTime(), nullable=True),
    sa.Column('settled_how', sa.String(length=40), nullable=True),
    sa.Column('http_status', sa.Integer(), nullable=True),
    sa.Column('provider_message_id', sa.String(length=120), nullable=True),
    sa.Column('error', sa.String(length=500), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_single_mail_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organiser_id'], ['organiser.id'], name=op.f('fk_single_mail_organiser_id')),
    sa.ForeignKeyConstraint(['supporter_id'], ['supporter.id'], name=op.f('fk_single_mail_supporter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_single_mail')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_single_mail_dedupe_key')),
    sa.UniqueConstraint('public_id', name=op.f('uq_single_mail_public_id')),
    sa.UniqueConstraint('uid', name=op.f('uq_single_mail_uid'))
    )
    with op.batch_alter_table('single_mail', schema=None) as batch_op:
        batch_op.create_index('ix_single_due', ['due_at'], unique=False, sqlite_where=sa.text("state = 'planned'"), postgresql_where=sa.text("state = 'planned'"))
        batch_op.create_index('ix_single_supporter', ['supporter_id', 'kind', 'created_at'], unique=False)

    op.create_table('stall_count',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('channel', sa.Enum('post', 'email', 'web_form', 'phone', 'fax', 'social', name='channel', native_enum=False, length=20), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_stall_count_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stall_count'))
    )
    with op.batch_alter_table('stall_count', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stall_count_campaign_id'), ['campaign_id'], unique=False)

    op.create_table('subscription',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('supporter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reminders', sa.Enum('all', 'last', 'none', name='reminders', native_enum=False, length=20), nullable=False),
    sa.Column('joined_at', UtcDateTime(), nullable=False),
    sa.Column('left_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_subscription_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['supporter_id'], ['supporter.id'], name=op.f('fk_subscription_supporter_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription')),
    sa.UniqueConstraint('supporter_id', 'campaign_id', name=op.f('uq_subscription_supporter_id'))
    )
    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.create_index('ix_subscription_campaign_joined', ['campaign_id', 'joined_at'], unique=False)
        batch_op.create_index('uq_subscription_alerts', ['supporter_id'], unique=True, sqlite_where=sa.text('campaign_id IS NULL'), postgresql_where=sa.text('campaign_id IS NULL'))

    op.create_table('action',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('supporter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('addressee_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sa.Enum('post', 'email', 'web_form', 'phone', 'fax', 'social', name='channel', native_enum=False, length=20), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['addressee_id'], ['addressee.id'], name=op.f('fk_action_addressee_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_action_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['supporter_id'], ['supporter.id'], name=op.f('fk_action_supporter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_action')),
    sa.UniqueConstraint('supporter_id', 'campaign_id', 'addressee_id', 'channel', name=op.f('uq_action_supporter_id'))
    )
    with op.batch_alter_table('action', schema=None) as batch_op:
        batch_op.create_index('ix_action_campaign', ['campaign_id', 'supporter_id'], unique=False)

    op.create_table('content_version',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('blast_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('arm', sa.String(length=12), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['blast_id'], ['blast.id'], name=op.f('fk_content_version_blast_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_content_version')),
    sa.UniqueConstraint('blast_id', 'language', 'arm', 'sha256', name=op.f('uq_content_version_blast_id'))
    )

    op.bulk_insert(
        sa.table("role", sa.column("name", sa.String)),
        [{"name": "owner"}, {"name": "organiser"}, {"name": "viewer"}],
    )


def downgrade() -> None:
    with op.batch_alter_table('sign_in_failure', schema=None) as batch_op:
        batch_op.drop_index('ix_sign_in_failure_account_at')

    op.drop_table('sign_in_failure')
    op.drop_table('content_version')
    with op.batch_alter_table('action', schema=None) as batch_op:
        batch_op.drop_index('ix_action_campaign')

    op.drop_table('action')
    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.drop_index('uq_subscription_alerts', sqlite_where=sa.text('campaign_id IS NULL'), postgresql_where=sa.text('campaign_id IS NULL'))
        batch_op.drop_index('ix_subscription_campaign_joined')

    op.drop_table('subscription')
    with op.batch_alter_table('stall_count', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stall_count_campaign_id'))

    op.drop_table('stall_count')
    with op.batch_alter_table('single_mail', schema=None) as batch_op:
        batch_op.drop_index('ix_single_supporter')
        batch_op.drop_index('ix_single_due', sqlite_where=sa.text("state = 'planned'"), postgresql_where=sa.text("state = 'planned'"))

    op.drop_table('single_mail')
    with op.batch_alter_table('sign_up', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_up_supporter_id'))
        batch_op.drop_index(batch_op.f('ix_sign_up_created_at'))
        batch_op.drop_index(batch_op.f('ix_sign_up_abuse_key'))

    op.drop_table('sign_up')
    with op.batch_alter_table('sign_in_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_link_organiser_id'))

    op.drop_table('sign_in_link')
    op.drop_table('passkey')
    op.drop_table('organiser_role')
    with op.batch_alter_table('email_alias', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_email_alias_supporter_id'))

    op.drop_table('email_alias')
    op.drop_table('document')
    with op.batch_alter_table('demand', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_demand_campaign_id'))

    op.drop_table('demand')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consent_supporter_id'))

    op.drop_table('consent')
    with op.batch_alter_table('blast', schema=None) as batch_op:
        batch_op.drop_index('ix_blast_state_scheduled')

    op.drop_table('blast')
    with op.batch_alter_table('addressee', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_addressee_campaign_id'))

    op.drop_table('addressee')
    op.drop_table('suppression')
    with op.batch_alter_table('supporter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_supporter_suppression_key'))
        batch_op.drop_index(batch_op.f('ix_supporter_state'))
        batch_op.drop_index(batch_op.f('ix_supporter_confirmed_at'))

    op.drop_table('supporter')
    op.drop_table('role')
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.drop_index('ix_report_unapplied', sqlite_where=sa.text('applied_at IS NULL'), postgresql_where=sa.text('applied_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_report_public_id'))

    op.drop_table('report')
    op.drop_table('provider_account')
    op.drop_table('organiser')
    op.drop_table('fact')
    with op.batch_alter_table('dispatch', schema=None) as batch_op:
        batch_op.drop_index('ix_dispatch_open', sqlite_where=sa.text("state IN ('claimed', 'inflight', 'ambiguous')"), postgresql_where=sa.text("state IN ('claimed', 'inflight', 'ambiguous')"))
        batch_op.drop_index('ix_dispatch_due', sqlite_where=sa.text("state = 'planned'"), postgresql_where=sa.text("state = 'planned'"))

    op.drop_table('dispatch')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_delivery_supporter')
        batch_op.drop_index('ix_delivery_dispatch')

    op.drop_table('delivery')
    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_campaign_state'))

    op.drop_table('campaign')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entry_object'))

    op.drop_table('audit_entry')
