"""Fixtures of the payouts' tests: those of the wallet."""

from tests.wallet.conftest import many_connections as many_connections
from tests.wallet.conftest import sent as sent
