"""Measurements, each beside a limit that is measured in the same run. Nothing of the product imports them."""
