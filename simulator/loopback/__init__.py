"""Amazon's services stood in for on this machine: real servers, real requests, nothing leaves 127.0.0.1."""

from simulator.loopback.aws import AwsServer
from simulator.loopback.profile import ProfileServer
from simulator.loopback.texting import TextingServer

__all__ = ["AwsServer", "ProfileServer", "TextingServer"]
