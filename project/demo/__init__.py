"""The demo: invented people and their cases, played through the real actions."""
