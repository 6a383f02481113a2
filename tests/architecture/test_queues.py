"""Every queue has a listener, every timetable entry a task."""

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from celery import Celery

from advocacy.app import create_app
from advocacy.cli.processes import lines_of
from advocacy.config import Settings
from advocacy.gateways.resources import procfile_path
from workers import celery_app, timetable

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def celery(settings: Settings) -> Celery:
    made = celery_app.make(create_app(settings))
    made.loader.import_default_modules()
    return made


def own_tasks(celery: Celery) -> list[str]:
    return sorted(name for name in celery.tasks if not name.startswith("celery."))


def test_the_worker_listens_to_every_queue_a_task_can_go_to(celery: Celery) -> None:
    listed = re.search(r"--queues (\S+)", lines_of(procfile_path())["worker"])
    assert listed is not None
    queues = {celery.amqp.router.route({}, name)["queue"].name for name in own_tasks(celery)}

    assert queues <= set(listed.group(1).split(","))
    assert set(listed.group(1).split(",")) == set(timetable.QUEUES)


def test_every_queue_has_a_task_and_a_module_of_its_name(celery: Celery) -> None:
    queues = {celery.amqp.router.route({}, name)["queue"].name for name in own_tasks(celery)}

    assert queues == set(timetable.QUEUES)
    assert all((ROOT / "workers" / f"{queue}.py").exists() for queue in timetable.QUEUES)


def test_beat_names_only_tasks_that_exist(celery: Celery) -> None:
    entries = celery.conf.beat_schedule

    assert list(entries) == ["tick"]
    assert {entry["task"] for entry in entries.values()} <= set(own_tasks(celery))
    assert all(entry["options"]["expires"] for entry in entries.values())


def test_no_task_is_given_more_than_one_id(celery: Celery) -> None:
    for name in own_tasks(celery):
        assert len(inspect.signature(celery.tasks[name].run).parameters) <= 1, name


def test_every_task_says_why_running_twice_is_harmless(celery: Celery) -> None:
    for name in own_tasks(celery):
        assert "harmless" in (inspect.getdoc(celery.tasks[name].run) or ""), name


def test_a_request_ends_before_its_task_and_a_task_before_its_message_comes_again(
    celery: Celery, settings: Settings
) -> None:
    limit = celery.conf.task_time_limit

    assert settings.provider_timeout < limit < celery.conf.broker_transport_options["visibility_timeout"]


def test_only_what_the_procfile_starts_acts_on_import() -> None:
    started = {"main.py", "beat.py"}
    for path in (ROOT / "workers").glob("*.py"):
        outside = re.sub(r"(?ms)^def .*?(?=^\S|\Z)", "", path.read_text(encoding="utf-8"))
        acts = bool(re.search(r"^\w+ = (create_app|Celery)\(", outside, re.MULTILINE))
        assert acts == (path.name in started), path.name


def test_beat_loads_neither_the_app_nor_its_tasks() -> None:
    program = "import sys, workers.beat; print(*(name for name in ('flask', 'sqlalchemy', 'advocacy.app') if name in sys.modules))"

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"REDIS_URL": "redis://localhost:1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == ""


def test_the_procfile_names_what_a_platform_starts() -> None:
    lines = lines_of(procfile_path())

    assert list(lines) == ["release", "web", "worker", "beat"]
    assert all(lines[name].startswith("exec ") for name in ("web", "worker", "beat"))
