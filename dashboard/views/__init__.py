"""Pages, fragments and actions, by who uses them."""
