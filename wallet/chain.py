"""The transfers' own hash chain: nobody rewrites a movement unseen."""

from __future__ import annotations

from audit.chains import Chain

TRANSFERS = Chain(
    says="the transfers",
    rows="wallet_transfer",
    seals="wallet_seal",
    prefix="wallet",
    digest="wallet_transfer_digest",
    genesis="model-menus transfers",
    sealed_pairs="SELECT u.id, u.digest FROM unnest(s.ids, s.digests) AS u (id, digest)",
)
