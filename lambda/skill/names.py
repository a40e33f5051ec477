"""Names shared with Amazon, each written once; a test compares them with the compiled model."""

from __future__ import annotations

from typing import Final

# Request types
LAUNCH: Final = "LaunchRequest"
INTENT: Final = "IntentRequest"
SESSION_ENDED: Final = "SessionEndedRequest"
SESSION_RESUMED: Final = "SessionResumedRequest"
SKILL_EVENT_PREFIX: Final = "AlexaSkillEvent."
SKILL_DISABLED: Final = "AlexaSkillEvent.SkillDisabled"
PERMISSION_ACCEPTED: Final = "AlexaSkillEvent.SkillPermissionAccepted"
PERMISSION_CHANGED: Final = "AlexaSkillEvent.SkillPermissionChanged"
USER_EVENT: Final = "Alexa.Presentation.APL.UserEvent"

# Built-in intents
YES: Final = "AMAZON.YesIntent"
NO: Final = "AMAZON.NoIntent"
HELP: Final = "AMAZON.HelpIntent"
STOP: Final = "AMAZON.StopIntent"
CANCEL: Final = "AMAZON.CancelIntent"
HOME: Final = "AMAZON.NavigateHomeIntent"
REPEAT: Final = "AMAZON.RepeatIntent"
PREVIOUS: Final = "AMAZON.PreviousIntent"
START_OVER: Final = "AMAZON.StartOverIntent"
FALLBACK: Final = "AMAZON.FallbackIntent"

# Our own controls
MORE: Final = "MoreIntent"
SLOWER: Final = "SlowerIntent"
FASTER: Final = "FasterIntent"
NORMAL_PACE: Final = "NormalPaceIntent"
LOUDER: Final = "LouderIntent"
SAY_NUMBER: Final = "SayNumberIntent"
TEXT_ME: Final = "TextMeIntent"
OTHER_PHONE: Final = "OtherPhoneIntent"
PHONE_NUMBER: Final = "PhoneNumberIntent"
FIX_NUMBER: Final = "FixNumberIntent"
NO_CELL: Final = "NoCellPhoneIntent"
CHOOSE: Final = "ChooseIntent"
WHO_SAYS_SO: Final = "WhoSaysSoIntent"
PRIVACY: Final = "PrivacyIntent"
FORGET_ME: Final = "ForgetMeIntent"
TALK_TO_PERSON: Final = "TalkToPersonIntent"
THANKS: Final = "ThanksIntent"
SPANISH: Final = "SpanishIntent"

# Settled by our own listening, never sent by Alexa
DID_YOU_MEAN: Final = "DidYouMean"

# Free questions: the one whose slot an open prompt asks for, and the one that "ask ... about ..." comes in as
OPEN_QUESTION: Final = "OpenQuestionIntent"
ABOUT_QUESTION: Final = "AboutQuestionIntent"

# Slots
PHONE_SLOT: Final = "phone"
PART_SLOT: Final = "part"
CHOICE_SLOT: Final = "choice"
WHO_SLOT: Final = "who"
QUESTION_SLOT: Final = "question"

#: What each control is called in reports and by the scorer; topics are called by their own id.
LABELS: Final[dict[str, str]] = {
    YES: "ctl_yes",
    NO: "ctl_no",
    HELP: "ctl_help",
    STOP: "ctl_stop",
    CANCEL: "ctl_stop",
    HOME: "ctl_stop",
    REPEAT: "ctl_repeat",
    PREVIOUS: "ctl_back",
    START_OVER: "ctl_back",
    FALLBACK: "out_of_domain",
    MORE: "ctl_more",
    SLOWER: "ctl_slower",
    FASTER: "ctl_faster",
    NORMAL_PACE: "ctl_normal",
    LOUDER: "ctl_louder",
    SAY_NUMBER: "get_number",
    TEXT_ME: "ctl_yes",
    OTHER_PHONE: "ctl_yes",
    PHONE_NUMBER: "ctl_number",
    FIX_NUMBER: "ctl_fix_number",
    NO_CELL: "ctl_nocell",
    CHOOSE: "ctl_choose",
    WHO_SAYS_SO: "about",
    PRIVACY: "ctl_privacy",
    FORGET_ME: "ctl_privacy",
    TALK_TO_PERSON: "ctl_human",
    THANKS: "ctl_thanks",
    SPANISH: "language",
}

# Permissions, Connections and screens
MOBILE_NUMBER_SCOPE: Final = "alexa::profile:mobile_number:read"
CONSENT_URI: Final = "connection://AMAZON.AskForPermissionsConsent/2"
APL_INTERFACE: Final = "Alexa.Presentation.APL"
RENDER_DOCUMENT: Final = "Alexa.Presentation.APL.RenderDocument"
