"""Alexa's profile service: whose number, and every way in which there is none."""

from __future__ import annotations

import time

import pytest
from conftest import World

from simulator.loopback.profile import ANSWERS
from skill.contacts import ACCOUNT_PATH, PERSON_PATH, AlexaContacts, Contacts, KnownContacts, Mobile
from skill.turn import Memory, Turn
