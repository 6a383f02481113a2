"""create_app() joins the parts; main() is the command line. Holds no rule."""

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from advocacy import cli, gateways, web
from advocacy.config import Settings, load
from advocacy.domain.keys import KeyRing
from advocacy.gateways.resources import migrations_path, templates_path
from advocacy.models.base import Base, behave, db

MIB = 1024 * 1024

_PATIENCE_WITH_THE_SERVER = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""A database that is there but silent (a cut cable, a paused machine) is found out within half a minute."""


def create_app(settings: Settings | None = None, bundle: gateways.Gateways | None = None) -> Flask:
    """Build the app from the settings (read from the environment when None) and the gateways (real ones when None)."""
    settings = settings or load()
    app = Flask("advocacy", template_folder=str(templates_path()), instance_path=str(settings.instance_path.absolute()))
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=MIB,
        MAX_FORM_MEMORY_SIZE=MIB // 2,
        MAX_FORM_PARTS=200,
    )
    app.extensions["advocacy.settings"] = settings
    app.extensions["advocacy.keys"] = KeyRing(settings.secrets())
    app.extensions["advocacy.gateways"] = bundle or gateways.connect(settings)
    settings.instance_path.mkdir(parents=True, exist_ok=True, mode=0o700)
    db.init_app(app)
    with app.app_context():
        behave(db.engine)
    Migrate(app, db, directory=str(migrations_path()), render_as_batch=True, metadata=Base.metadata)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    web.register(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def _engine_options(settings: Settings) -> dict[str, object]:
    """Parameters stay out of error messages: they may be addresses or hashes of them."""
    if settings.sqlalchemy_url.startswith("sqlite"):
        return {"hide_parameters": True}
    return {
        "hide_parameters": True,
        "connect_args": _PATIENCE_WITH_THE_SERVER,
        "pool_size": 5,
        "max_overflow": 10,
        "pool_timeout": 10,
    }


def main() -> None:
    """The `advocacy` command."""
    cli.advocacy(obj=create_app)
