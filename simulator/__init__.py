"""Rehearsal: a device that keeps the session, a terminal, a web page, the self-hosted endpoint."""
