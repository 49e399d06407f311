"""Bridges to third-party products, one file each; nothing imports them but those who use the product."""
