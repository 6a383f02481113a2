"""Advocacy: urgent actions for human-rights groups.

Start reading in `domain/` (what is true), then `operations/` (what the product does). `app.py` joins the parts.
ARCHITECTURE.md has the map.
"""
