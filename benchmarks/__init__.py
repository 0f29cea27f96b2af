"""Figures of the running product, beside its peers (`make bench`). Nothing in the product imports this package."""
