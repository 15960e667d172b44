"""What may happen: every write of core, each atomic, each leaving one audit event."""
