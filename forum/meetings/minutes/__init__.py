"""The minutes of a meeting: written item by item, published when it is closed, corrected in versions."""
