"""What `sam deploy` makes: the template is sound, asks for what it must, and grants no more than it needs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from skill.settings import Settings
from tools.runtime import ROOT

TEMPLATE = ROOT / "template.yaml"
SKILL_ID = "amzn1.ask.skill.00000000-0000-4000-8000-000000000000"
IDENTITY = "arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef"
HASH_KEY = "not-a-secret-" * 3
#: What CloudFormation fills in by itself.
PSEUDO = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "111122223333"}
NOTHING = object()


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms (!Ref, !Sub, ...) as their long ones."""


def _long_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        raise TypeError(f"!{suffix} on a mapping")
    if suffix == "GetAtt":
        value = value.split(".")
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _long_form)
RAW: dict[str, Any] = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader


class Stack:
    """The template as CloudFormation would resolve it for some parameters."""

    def __init__(self, **parameters: str) -> None:
        declared = RAW["Parameters"]
        assert set(parameters) <= set(declared)
        self.parameters = {k: parameters.get(k, v.get("Default")) for k, v in declared.items()}
        self.resources: dict[str, Any] = self.resolve(RAW["Resources"])

    def condition(self, name: str) -> bool:
        return bool(self.resolve(RAW["Conditions"][name]))

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [r for r in map(self.resolve, value) if r is not NOTHING]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            ((key, inner),) = value.items()
            if key in {"Ref", "Condition"} or key.startswith("Fn::"):
                return self._call(key, inner)
        return {k: r for k, v in value.items() if (r := self.resolve(v)) is not NOTHING}

    def _call(self, name: str, inner: Any) -> Any:
        if name == "Ref":
            if inner == "AWS::NoValue":
                return NOTHING
            return self.parameters.get(inner) if inner in self.parameters else PSEUDO.get(inner, f"<{inner}>")
        if name == "Condition":
            return self.condition(inner)
        if name == "Fn::GetAtt":
            return f"<{'.'.join(inner)}>"
        if name == "Fn::Sub":
            return re.sub(r"\$\{([^}]+)\}", lambda m: str(self._call("Ref", m[1])), inner)
        if name == "Fn::If":
            return self.resolve(inner[1 if self.condition(inner[0]) else 2])
        values = [self.resolve(v) for v in inner]
        if name == "Fn::Equals":
            return values[0] == values[1]
        if name == "Fn::Not":
            return not values[0]
        if name == "Fn::And":
            return all(values)
        raise NotImplementedError(name)

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [r["Properties"] for r in self.resources.values() if r["Type"] == kind]

    def function(self) -> dict[str, Any]:
        properties: dict[str, Any] = self.resources["SkillFunction"]["Properties"]
        return properties

    def allowed(self, name: str = "SkillRole") -> dict[str, set[str]]:
        """Give what a role may do: resources by action."""
        granted: dict[str, set[str]] = {}
        role = self.resources[name]["Properties"]
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                assert statement["Effect"] == "Allow"
                actions, resources = statement["Action"], statement["Resource"]
                for action in actions if isinstance(actions, list) else [actions]:
                    granted.setdefault(action, set()).update(resources if isinstance(resources, list) else [resources])
        return granted


EVERYTHING = {
    "SkillId": SKILL_ID,
    "OriginationIdentityArn": IDENTITY,
    "ConfigurationSetName": "deliveries",
    "ProtectConfigurationId": "protect-0123",
    "HashKey": HASH_KEY,
}


def _run(command: list[str | Path], **more: str) -> tuple[int, str]:
    environment = {"PATH": os.defpath, "SAM_CLI_TELEMETRY": "0", **more}
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    return told.returncode, told.stdout + told.stderr


def _cfn_lint(template: Path) -> tuple[int, str]:
    return _run([Path(sys.executable).with_name("cfn-lint"), template])


def test_cfn_lint_finds_nothing() -> None:
    assert _cfn_lint(TEMPLATE) == (0, "")


@pytest.mark.parametrize(("right", "wrong"), [("Handler:", "Handlr:"), ("!Ref Countries", "!Ref Countrys")])
def test_cfn_lint_would_notice_a_slip(tmp_path: Path, right: str, wrong: str) -> None:
    broken = tmp_path / "template.yaml"
    broken.write_text(TEMPLATE.read_text().replace(right, wrong, 1))
    code, said = _cfn_lint(broken)
    assert code != 0
    assert wrong.removeprefix("!Ref ").removesuffix(":") in said


@pytest.mark.sam
def test_sam_validates(tmp_path: Path) -> None:
    sam = ROOT / ".venv-sam" / "bin" / "sam"
    if not sam.exists():
        pytest.skip("needs the SAM command line in .venv-sam: run `make sam-setup`")
    # SAM asks the web for a newer version once a week; this says that it has just asked.
    (tmp_path / "metadata.json").write_text(json.dumps({"lastVersionCheck": time.time(), "installationId": "0"}))
    command: list[str | Path] = [sam, "validate", "--lint", "--template", TEMPLATE]
    code, said = _run(command, __SAM_CLI_APP_DIR=str(tmp_path))
    assert code == 0, said
    assert "is a valid SAM Template" in said


def test_only_the_one_skill_may_call() -> None:
    declared = RAW["Parameters"]["SkillId"]
    assert "Default" not in declared
    pattern = re.compile(declared["AllowedPattern"])
    assert pattern.fullmatch(SKILL_ID)
    for wrong in ("", "*", "amzn1.ask.skill.", f"{SKILL_ID}0", "amzn1-ask-skill-00000000-0000-4000-8000-000000000000"):
        assert not pattern.fullmatch(wrong), wrong
    stack = Stack(SkillId=SKILL_ID)
    assert stack.function()["Events"] == {"Alexa": {"Type": "AlexaSkill", "Properties": {"SkillId": SKILL_ID}}}


def test_one_sender_or_none_is_accepted() -> None:
    pattern = re.compile(RAW["Parameters"]["OriginationIdentityArn"]["AllowedPattern"])
    pool, sender = IDENTITY.replace("phone-number/phone", "pool/pool"), "sender-id/GUIDE/GB"
    for right in ("", IDENTITY, pool, IDENTITY.replace("phone-number/phone-0123456789abcdef", sender)):
        assert pattern.fullmatch(right), right
    for wrong in ("*", "+12025550143", IDENTITY[:-21] + "*", IDENTITY.replace("phone-number/", "opt-out-list/")):
        assert not pattern.fullmatch(wrong), wrong


def test_every_parameter_is_described_and_checked() -> None:
    for name, declared in RAW["Parameters"].items():
        assert len(declared["Description"]) > 20, name
        assert declared.get("AllowedPattern") or declared.get("AllowedValues"), name


def test_the_function_fits_alexa() -> None:
    function = Stack(SkillId=SKILL_ID).function()
    assert function["Handler"] == "lambda_function.lambda_handler"
    assert (ROOT / function["CodeUri"] / "lambda_function.py").exists()
    assert function["Timeout"] <= 8
    assert function["MemorySize"] == 1024
    assert function["Architectures"] == ["arm64"]
    assert "Tracing" not in function
    assert RAW["Resources"]["SkillFunction"]["Metadata"]["BuildMethod"] == "makefile"


def test_settings_read_what_the_template_sets() -> None:
    stack = Stack(**EVERYTHING, Countries="US,CA")
    variables = stack.function()["Environment"]["Variables"]
    settings = Settings.from_environment(variables)
    assert settings.hash_key == HASH_KEY
    assert settings.texts_table == "<TextsTable>"
    assert settings.queue_url == "<TextsQueue>"
    assert settings.skill_id == SKILL_ID
    assert settings.origination_identity == IDENTITY
    assert settings.configuration_set == "deliveries"
    assert settings.protect_configuration == "protect-0123"
    assert settings.countries == ("US", "CA")
    assert settings.texting


@pytest.mark.parametrize(
    ("identity", "key", "texting"),
    [("", HASH_KEY, "on"), ("", HASH_KEY, "off"), (IDENTITY, HASH_KEY, "off"), (IDENTITY, "", "on")],
)
def test_without_a_sender_a_key_or_the_wish_nothing_may_text_and_no_text_is_offered(
    identity: str, key: str, texting: str
) -> None:
    stack = Stack(**{**EVERYTHING, "OriginationIdentityArn": identity, "HashKey": key}, Texting=texting)
    assert not [action for action in stack.allowed() if not action.startswith("logs:")]
    assert {name for name, r in RAW["Resources"].items() if r.get("Condition") == "MayText"} == {
        "TextsTable",
        "TextsQueue",
        "TextsDeadLetters",
        "TextsConsumer",
        "ConsumerRole",
        "ConsumerLogs",
    }
    assert not stack.condition("MayText")
    assert stack.function()["Environment"]["Variables"]["TEXTING"] == "off"


def test_texting_is_granted_for_what_is_named_and_no_more() -> None:
    one = Stack(SkillId=SKILL_ID, OriginationIdentityArn=IDENTITY, HashKey=HASH_KEY).allowed()
    assert one["sms-voice:SendTextMessage"] == {IDENTITY}
    base = "arn:aws:sms-voice:us-east-1:111122223333"
    assert Stack(**EVERYTHING).allowed()["sms-voice:SendTextMessage"] == {
        IDENTITY,
        f"{base}:configuration-set/deliveries",
        f"{base}:protect-configuration/protect-0123",
    }


def test_nothing_is_granted_on_everything() -> None:
    stack = Stack(**EVERYTHING)
    assert stack.function()["Role"] == "<SkillRole.Arn>"
    for role in stack.of_type("AWS::IAM::Role"):
        assert "ManagedPolicyArns" not in role  # Amazon's own would allow every log group
    for role in ("SkillRole", "ConsumerRole"):
        for action, resources in stack.allowed(role).items():
            assert "*" not in action
            assert resources
            assert not [r for r in resources if "*" in r], action
    assert stack.allowed()["logs:PutLogEvents"] == {"<SkillLogs.Arn>"}
    assert "logs:CreateLogGroup" not in stack.allowed()


def test_logs_go_away_by_themselves() -> None:
    stack = Stack(SkillId=SKILL_ID)
    assert stack.function()["LoggingConfig"]["LogGroup"] == "<SkillLogs>"
    for logs in stack.of_type("AWS::Logs::LogGroup"):
        assert logs["RetentionInDays"] == 30


def test_the_table_is_what_the_store_writes_to_and_empties_itself() -> None:
    (table,) = Stack(**EVERYTHING).of_type("AWS::DynamoDB::Table")
    assert {k["AttributeName"]: k["KeyType"] for k in table["KeySchema"]} == {"who": "HASH", "what": "RANGE"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}


def test_what_waits_is_encrypted_and_does_not_wait_for_ever() -> None:
    stack = Stack(**EVERYTHING)
    queues = stack.of_type("AWS::SQS::Queue")
    assert len(queues) == 2
    assert all(q["SqsManagedSseEnabled"] and q["MessageRetentionPeriod"] <= 86_400 for q in queues)
    consumer = stack.resources["TextsConsumer"]["Properties"]
    assert (ROOT / "lambda" / f"{consumer['Handler'].split('.')[0]}.py").exists()
    waiting = stack.resources["TextsQueue"]["Properties"]
    assert waiting["VisibilityTimeout"] >= 6 * consumer["Timeout"]
    assert waiting["RedrivePolicy"]["maxReceiveCount"] == 5
    variables = stack.function()["Environment"]["Variables"]
    assert consumer["Environment"]["Variables"] == {**variables, "TEXTING": "on"}
