"""`make run`: the whole product on one port, from an empty folder to Ready, kept alive until it is told to stop."""

import argparse
import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from urllib.parse import urlsplit

import psycopg

from config import children, embedded, keys, programs, roles
from config.env import BASE_DIR, data_dir
from config.place import CannotStart, hold_lock, open_folder
from config.supervisor import Supervisor
from core.files import write_private

READY_SECONDS = 90
DEFAULT_PORT = 8000


def main() -> int:
    """Run the product until Ctrl-C or SIGTERM; the exit code is 1 where it could not start."""
    parser = argparse.ArgumentParser(description="Runs the whole product on one port (PORT, default 8000).")
    parser.add_argument("--end-with-parent", action="store_true", help="stop when the starting process ends")
    if parser.parse_args().end_with_parent:
        children.end_with_parent()
    house = House(dict(os.environ))
    try:
        house.run()
    except CannotStart as error:
        say(f"Cannot start: {error}")
        return 1
    return 0


def say(text: str) -> None:
    """One line for the person who watches."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class House:
    """One run of the product: prepares, starts, watches."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.began = time.monotonic()
        self.given = environment
        self.port = _port(environment.get("PORT", ""))
        self.data = data_dir().absolute()
        self.supervisor = Supervisor(say)
        self.env: dict[str, str] = {}

    def run(self) -> None:
        """Everything, in order; returns when asked to stop, raises CannotStart where something is in the way."""
        with hold_lock(self.data):
            open_folder(self.data)
            check_port(self.port)
            with self.supervisor.on_duty():
                if self._bring_up():
                    self._tell_ready()
                    self.supervisor.watch()
                say("Stopping …")
        say("Stopped.")

    def _bring_up(self) -> bool:
        self._start_servers()
        steps = (
            self._wait_for_servers,
            self._check_database,
            self._prepare,
            self._open_house,
            self._plant_demo_data,
            self._wait_for_house,
        )
        return all(not self.supervisor.asked_to_stop and step() for step in steps)

    def _start_servers(self) -> None:
        """PostgreSQL and Valkey of our own, each only where the environment names none."""
        self.secrets = keys.load_or_make(self.data)
        self.servers = embedded.open_servers(
            self.data,
            self.secrets,
            postgres="DATABASE_URL" not in self.given,
            valkey="REDIS_URL" not in self.given,
        )
        local = {name: self.secrets[name] for name in keys.SIGNING_KEYS} | self.servers.environment()
        keys.write_local_env(self.data, local)
        if "DATABASE_URL" in self.given:
            local["DATABASE_OWNER_URL"] = self.given["DATABASE_URL"]
        self.env = programs.environment(local, self.given, self.data)
        for service in self.servers.services():
            self.supervisor.start(service)

    def _wait_for_servers(self) -> bool:
        for name, server in self.servers.named():
            self._progress(f"{name} starts")
            if not self.supervisor.watch(until=server.answers, timeout_seconds=READY_SECONDS):
                if self.supervisor.asked_to_stop:
                    return False
                raise CannotStart(f"{name} does not answer: see {self.data / 'logs'}.")
        if self.servers.postgres is not None:
            self.servers.postgres.furnish()
        return True

    def _check_database(self) -> bool:
        try:
            with psycopg.connect(self.env["DATABASE_URL"], connect_timeout=5) as connection:
                roles.check_durable(connection)
        except psycopg.OperationalError as error:
            raise CannotStart(f"The database of DATABASE_URL does not answer: {error}") from error
        return True

    def _prepare(self) -> bool:
        """Bring the database up to date and, at the same time, collect the static files where they changed."""
        stamp = self.data / "static.stamp"
        wanted = programs.static_fingerprint(BASE_DIR)
        migrate: tuple[str, ...] = ("prepare_database",)
        if auditor := urlsplit(self.env.get("DATABASE_AUDITOR_URL", "")).username:
            migrate += ("--auditor", auditor)
        steps = {"Database is brought up to date": migrate}
        collected = stamp.exists() and stamp.read_text() == wanted
        if not collected and not _on(self.env.get("STATIC_FROM_SOURCE", "0")):
            # The document explorer is Swagger's; its sister brings a megabyte that nothing shows.
            steps["Static files are collected"] = (
                "collectstatic",
                "--skip-checks",
                "--noinput",
                "--clear",
                "--ignore=redoc",
            )
        if not self._steps(steps):
            return False
        if "Static files are collected" in steps:
            write_private(stamp, wanted)
        return True

    def _plant_demo_data(self) -> bool:
        if not _on(self.given.get("DEMO_DATA", "1")):
            return True
        return self._steps({"Demo data is planted": ("demo_data", "--skip-checks")})

    def _open_house(self) -> bool:
        self._progress("Web server, sockets, worker and front door start")
        for service in programs.services(self.env, self.data, self.port):
            self.supervisor.start(service)
        return True

    def _wait_for_house(self) -> bool:
        if self.supervisor.watch(until=self._answers, timeout_seconds=READY_SECONDS):
            return True
        if not self.supervisor.asked_to_stop:
            raise CannotStart(f"The product does not answer: see {self.data / 'logs'}.")
        return False

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return answer.status == 200 and not json.load(answer).get("degraded")
        except (OSError, ValueError):
            return False

    def _steps(self, steps: Mapping[str, tuple[str, ...]]) -> bool:
        """Run management commands side by side; False when we were asked to stop meanwhile."""
        services = {}
        for title, words in steps.items():
            self._progress(title)
            services[title] = programs.command(words, self.env, self.data)
            services[title].log.unlink(missing_ok=True)
        codes = self.supervisor.run_to_end(list(services.values()))
        for title, service in services.items():
            if codes.get(service.name):
                raise CannotStart(f"{title}: failed.\n{service.log.read_text(errors='replace').strip()}")
        return len(codes) == len(services)

    def _progress(self, title: str) -> None:
        say(f"[{time.monotonic() - self.began:5.1f} s] {title} …")

    def _tell_ready(self) -> None:
        address = f"http://127.0.0.1:{self.port}"
        say(f"[{time.monotonic() - self.began:5.1f} s] Ready: {address}/")
        say(f"  admin        {address}/admin/")
        say(f"  API          {address}/api/docs/ (signed in)")
        credentials = self.data / "demo-credentials.json"
        if credentials.exists():
            say(f"  credentials  {credentials}")
        say(f"  logs         {self.data / 'logs'}")
        say("Ctrl-C stops everything.")


def check_port(port: int) -> None:
    """Raise CannotStart where somebody listens on the port already."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} is taken ({error.strerror}). Choose another: make run PORT={port + 1}"
            ) from error


def _port(text: str) -> int:
    if not text:
        return DEFAULT_PORT
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise SystemExit(f"Cannot start: PORT={text!r} is not a port number (1 to 65535).")
    return int(text)


def _on(text: str) -> bool:
    return text.lower() not in {"", "0", "no", "false", "off"}


if __name__ == "__main__":
    raise SystemExit(main())
