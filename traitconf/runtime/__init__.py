"""Things that run: snapshot, context, events, metrics, and the runtime that assembles them."""
