"""The template as a document: short tags, and intrinsic functions as CloudFormation evaluates them."""

from pathlib import Path

import pytest
import yaml

from assetwire_cli.edge.intrinsics import Stack
from assetwire_cli.edge.template import TemplateError, load_document


def test_short_tags_read_like_their_long_forms(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text("{a: !Ref X, b: !GetAtt X.Y, c: !Not [!Condition Z], d: !Sub ['${a}', {a: !Ref X}]}")
    assert load_document(path) == {
        "a": {"Ref": "X"},
        "b": {"Fn::GetAtt": "X.Y"},
        "c": {"Fn::Not": [{"Condition": "Z"}]},
        "d": {"Fn::Sub": ["${a}", {"a": {"Ref": "X"}}]},
    }


@pytest.mark.parametrize("text", ["- a list", "{", "a: !!python/object:os.system {}"])
def test_a_file_that_is_no_template_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(text)
    with pytest.raises(TemplateError):
        load_document(path)
    with pytest.raises(TemplateError):
        load_document(tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("!Sub '${AWS::StackName}-${P}-${B}-${B.Arn}-${!P}'", "assetwire-p-B-B.Arn-${P}"),
        ("!Sub ['${x}${P}', {x: !Ref P}]", "pp"),
        ("!Join ['-', [a, !Ref P]]", "a-p"),
        ("!Select [1, [a, !Ref P]]", "p"),
        ("!If [Yes, {a: 1, b: !Ref AWS::NoValue}, 2]", {"a": 1}),
        ("!If [No, 1, [2, !Ref 'AWS::NoValue']]", [2]),
        ("!GetAtt [B, Arn]", "B.Arn"),
    ],
)
def test_intrinsic_functions_evaluate_as_cloudformation_does(tmp_path: Path, value: str, expected: object) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(
        f"""
Parameters: {{P: {{Default: p}}}}
Conditions:
  "Yes": !And [!Equals [!Ref P, p], !Or [!Equals [1, 2], !Not [!Condition "No"]]]
  "No": !Equals [a, b]
Resources: {{B: {{Type: AWS::S3::Bucket}}}}
Value: {value.replace("If [Yes", 'If ["Yes"').replace("If [No", 'If ["No"')}
"""
    )
    parsed = load_document(path)
    assert Stack(parsed, {}).evaluate(parsed["Value"]) == expected


@pytest.mark.parametrize("value", [{"Ref": "X"}, {"Ref": "P"}, {"Fn::GetAtt": "X.Arn"}, {"Fn::If": ["X", 1, 2]}])
def test_a_reference_to_nothing_is_an_error(value: object) -> None:
    with pytest.raises(TemplateError):
        Stack(yaml.safe_load("Parameters: {P: {Type: String}}"), {}).evaluate(value)
