"""What breaks: killed processes, cut power, full disks, lost connections, stopped servers (K)."""
