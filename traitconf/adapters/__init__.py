"""Bridges to third-party products: one file each, loaded when the product is used."""
