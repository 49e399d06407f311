"""What is true for a trait, a model and a tenant: pure functions that merge, convert, decide and explain."""
