"""The dependency graph scored against each language's own tools, on real repositories."""
