"""A Django app that exists in tests alone: our flows, played by viewflow's own runtime."""
