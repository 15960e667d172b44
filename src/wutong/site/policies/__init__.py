"""The policy centre: what the policies say, and who meets them."""
