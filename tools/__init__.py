"""What a machine makes or checks: models, content, listening index, transcripts, the package."""

from __future__ import annotations

import sys
from pathlib import Path

# As in simulator/: what runs on Lambda is found without anybody setting PYTHONPATH.
_LAMBDA = str(Path(__file__).parent.parent / "lambda")
if _LAMBDA not in sys.path:
    sys.path.append(_LAMBDA)
