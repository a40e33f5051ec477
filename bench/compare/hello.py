"""A hello-world skill on the same SDK, written the way its guides do: what we compare ourselves with."""

from __future__ import annotations

from typing import Any

from ask_sdk_core.dispatch_components import AbstractExceptionHandler, AbstractRequestHandler
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_core.utils import is_intent_name, is_request_type


class Welcome(AbstractRequestHandler):
    """The launch."""

    def can_handle(self, handler_input: Any) -> bool:
        """Take the launch."""
        return bool(is_request_type("LaunchRequest")(handler_input))

    def handle(self, handler_input: Any) -> Any:
        """Say welcome and listen."""
        return handler_input.response_builder.speak("Welcome.").ask("What would you like?").response


class Hello(AbstractRequestHandler):
    """One question."""

    def can_handle(self, handler_input: Any) -> bool:
        """Take one intent."""
        return bool(is_intent_name("ShouldIGetSecondOpinionIntent")(handler_input))

    def handle(self, handler_input: Any) -> Any:
        """Say hello."""
        return handler_input.response_builder.speak("Hello.").response


class Sorry(AbstractExceptionHandler):
    """Whatever breaks."""

    def can_handle(self, handler_input: Any, exception: Exception) -> bool:
        """Take every error."""
        return True

    def handle(self, handler_input: Any, exception: Exception) -> Any:
        """Apologise."""
        return handler_input.response_builder.speak("Sorry.").response


_builder = SkillBuilder()
_builder.add_request_handler(Welcome())
_builder.add_request_handler(Hello())
_builder.add_exception_handler(Sorry())
lambda_handler = _builder.lambda_handler()
