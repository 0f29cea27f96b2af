"""Hold, settle and refund: the product's functions and the same in single steps, by Django and the bare driver."""
