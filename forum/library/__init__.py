"""The experience library: what one village learnt, written so that another can use it."""
