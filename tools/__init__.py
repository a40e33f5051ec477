"""What a machine makes or checks: models, content, listening index, transcripts, the package."""
