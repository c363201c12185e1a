"""What `make audit` asks of the supply chain."""
