"""Mail of the firm: where it goes, its server's settings and a test of them, and the demo's outbox."""
