"""The settings that the checks read the code with: valid for production, and nothing listens anywhere."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NO_SECRET = "only-for-the-checks-".ljust(64, "x")
# Nothing listens there: no check reads a database.
ENVIRONMENT = {
    "DATABASE_URL": "postgres://app:x@127.0.0.1:1/menus",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "9f3c" + NO_SECRET + "Zq7-Lm2_Rt5-Vw8",
    "JWT_SIGNING_KEY": NO_SECRET,
    "AUDIT_KEY": NO_SECRET,
    "REPORT_KEY": NO_SECRET,
    "HTTPS": "1",
    "MODEL_MENUS_DATA": str(ROOT / ".data"),
}
