"""Migrations make exactly the tables of the models."""

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from advocacy.gateways.resources import migrations_path
from advocacy.models.base import Base


def test_migrations_make_exactly_the_tables_of_the_models(session: Session) -> None:
    context = MigrationContext.configure(session.connection(), opts={"compare_type": True})

    differences = [each for each in compare_metadata(context, Base.metadata) if "alembic_version" not in str(each)]

    assert differences == []


def test_there_is_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations_path()))

    assert len(ScriptDirectory.from_config(config).get_heads()) == 1
