"""Who calls by a token of the pool whose signature was verified."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assetwire.domain.access import Caller, Plan, Role
from assetwire.domain.access_tokens import caller_of
from assetwire.domain.errors import NotPermitted, Unauthenticated

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PERSON = {
    "token_use": "access",
    "client_id": "people",
    "sub": "8e7f",
    "username": "anna",
    "exp": int(NOW.timestamp()) + 1,
    "scope": "openid",
    "cognito:groups": ["reviewer"],
}
MACHINE = {
    "token_use": "access",
    "client_id": "c1",
    "sub": "c1",
    "exp": int(NOW.timestamp()) + 1,
    "scope": "assetwire/cms",
}


def caller(claims: dict[str, Any], now: datetime = NOW) -> Caller:
    return caller_of(claims, people_client="people", machine_clients={"c1": "cms", "c2": "pim"}, now=now)


def test_a_person_has_the_roles_of_its_groups() -> None:
    assert caller(PERSON) == Caller("cognito:anna", frozenset({Role.REVIEWER}), Plan.PEOPLE)
    two = caller(PERSON | {"cognito:groups": ["legal", "librarian", "friends"]})
    assert two.roles == {Role.LEGAL, Role.LIBRARIAN}


def test_a_machine_has_the_role_of_its_scope() -> None:
    assert caller(MACHINE) == Caller("client:cms", frozenset({Role.CMS}), Plan.CMS)
    assert caller(MACHINE | {"scope": "other/x assetwire/cms assetwire/pim"}).roles == {Role.CMS}


@pytest.mark.parametrize(
    "claims",
    [
        PERSON | {"cognito:groups": []},
        PERSON | {"cognito:groups": ["friends", "cms"]},
        {name: value for name, value in PERSON.items() if name != "cognito:groups"},
        PERSON | {"cognito:groups": [], "scope": "assetwire/cms"},
        MACHINE | {"scope": ""},
        MACHINE | {"scope": "assetwire/pim"},
        MACHINE | {"scope": "assetwire/admin"},
        MACHINE | {"scope": "cms other/cms assetwire/cms2"},
    ],
)
def test_who_has_no_role_is_known_and_may_nothing(claims: dict[str, Any]) -> None:
    with pytest.raises(NotPermitted):
        caller(claims)


@pytest.mark.parametrize(
    "claims",
    [
        PERSON | {"token_use": "id"},
        PERSON | {"token_use": "refresh"},
        PERSON | {"client_id": "another"},
        PERSON | {"username": ""},
        PERSON | {"exp": int(NOW.timestamp())},
        PERSON | {"exp": str(int(NOW.timestamp()) + 60)},
        PERSON | {"cognito:groups": "admin"},
        PERSON | {"sub": ""},
        MACHINE | {"client_id": "c3"},
        MACHINE | {"sub": "8e7f"},
        MACHINE | {"username": "anna"},
        MACHINE | {"token_use": "id"},
        MACHINE | {"client_id": "people", "sub": "people"},
        *({name: value for name, value in MACHINE.items() if name != gone} for gone in ("exp", "sub", "client_id")),
        {},
    ],
)
def test_a_token_of_another_kind_client_or_time_proves_nobody(claims: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        caller(claims)


def test_a_token_is_good_until_the_second_it_ends_in() -> None:
    assert caller(PERSON, NOW + timedelta(seconds=0.999))
    with pytest.raises(Unauthenticated, match="expired"):
        caller(PERSON, NOW + timedelta(seconds=1))
