"""Tables, the guard, the one commit site, and one query module per aggregate."""
