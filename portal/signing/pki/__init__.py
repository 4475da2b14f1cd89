"""The portal's own certification authority: its keys, the certificates it makes, and who answers for them."""
