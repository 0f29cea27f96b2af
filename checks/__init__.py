"""What `make check` looks at. Nothing in the product imports this package."""
