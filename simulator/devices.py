"""The devices one can rehearse on: a speaker without a screen, and the ten screens Alexa's documentation names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

BASE_DPI = 160


@dataclass(frozen=True, slots=True)
class Device:
    """One kind of screen; sizes are in the device's own pixels."""

    id: str
    name: str
    width: int
    height: int
    dpi: int = BASE_DPI
    shape: str = "RECTANGLE"
    mode: str = "HUB"
    #: One of the few in the short list of the picker.
    usual: bool = False

    @property
    def viewport(self) -> dict[str, Any]:
        """Write what Alexa says about this screen in a request's context."""
        tv = self.mode == "TV"
        width_dp, height_dp = self.width * BASE_DPI / self.dpi, self.height * BASE_DPI / self.dpi
        found: dict[str, Any] = {
            "experiences": [
                {"arcMinuteWidth": round(width_dp / 4), "arcMinuteHeight": round(height_dp / 4),
                 "canRotate": False, "canResize": False}
            ],
            "mode": self.mode,
            "shape": self.shape,
            "pixelWidth": self.width,
            "pixelHeight": self.height,
            "currentPixelWidth": self.width,
            "currentPixelHeight": self.height,
            "dpi": self.dpi,
        }  # fmt: skip
        found["keyboard" if tv else "touch"] = ["DIRECTION"] if tv else ["SINGLE"]
        return found


#: The test sizes of the ten viewport profiles.
SCREENS: tuple[Device, ...] = (
    Device("hubRound", "Small round screen, like an Echo Spot", 480, 480, shape="ROUND", usual=True),
    Device("hubLandscapeSmall", "Small screen, like an Echo Show 5", 960, 480),
    Device("hubLandscapeMedium", "Screen, like an Echo Show 8", 1024, 600, usual=True),
    Device("hubLandscapeLarge", "Large screen, like an Echo Show 10", 1280, 800, usual=True),
    Device("hubLandscapeExtraLarge", "Wall screen, like an Echo Show 15", 1920, 1080),
    Device("hubPortraitMedium", "Wall screen, upright", 1080, 1920),
    Device("tvFullscreen", "Television, with a Fire TV", 1920, 1080, dpi=320, mode="TV", usual=True),
    Device("mobileSmall", "Small tablet, upright", 600, 1024, mode="MOBILE"),
    Device("mobileMedium", "Small tablet, on its side", 1024, 600, mode="MOBILE"),
    Device("mobileLarge", "Large tablet, on its side", 1920, 1200, dpi=240, mode="MOBILE"),
)
NO_SCREEN = "none"
BY_ID = {device.id: device for device in SCREENS}
USUAL = "hubLandscapeMedium"
