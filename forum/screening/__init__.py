"""What a text is looked at for before it is sent: listed words, and what it says of people that is nobody's business."""
