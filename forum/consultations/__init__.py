"""What a consultation came to: outcomes and the actions that follow from them."""
