"""The rehearsal page: a web page on this machine where the skill can be talked to, seen and texted from."""

from simulator.web.app import create_app, renderer_file
from simulator.web.serving import serve

__all__ = ["create_app", "renderer_file", "serve"]
