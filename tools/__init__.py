"""What a machine makes or checks: models, content, listening index, transcripts, the package."""

# Puts lambda/ where Python finds it, for tools that are run without PYTHONPATH.
import simulator
