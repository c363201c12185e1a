"""Who may do what, and the tokens in links: no Flask, no SQLAlchemy, no clock."""
