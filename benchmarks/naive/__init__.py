"""The peer: the same purchase and menu as one writes them at first with Django, DRF and the ORM."""
