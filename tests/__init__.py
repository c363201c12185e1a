"""The proofs; the folders mirror booking/."""
