"""Where values come from: every source is read here, into layers of one immutable graph."""
