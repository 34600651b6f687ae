"""The API of metadata answers real proxy events: edits, templates, vocabularies, jobs; and the worker goes on."""

import json
from typing import Any

from assetwire.domain.events import ItemDue
from crash.cases import Message, batch_of, bus_message, message, picture, record_master
from crash.world import NOW, World

TEMPLATE = {"name": "shoes", "fields": {"headline": {"required": True, "max_length": 10}}}


def call(
    world: World,
    method: str,
    resource: str,
    *,
    body: Any = None,
    query: dict[str, str] | None = None,
    if_match: str | None = None,
    **path: str,
) -> tuple[int, Any]:
    """Answer one call of the API, made from a stored proxy event."""
    event: Message = message("api_set_rights.json")
    event |= {"httpMethod": method, "resource": resource, "pathParameters": path, "queryStringParameters": query}
    event["body"] = None if body is None else json.dumps(body)
    event["headers"] = {"content-type": "application/json"} | ({"If-Match": if_match} if if_match else {})
    function = "catalog" if (method, resource) == ("GET", "/assets/{asset_id}") else "metadata"
    answer, _ = world.deliver(function, event)
    return answer["statusCode"], json.loads(answer["body"])


def due(job_id: str) -> Message:
    return bus_message(ItemDue(event_id="e", occurred_at=NOW, item="job", item_id=job_id, kind="job"))


def test_a_template_is_changed_read_and_logged_with_who_changed_it(world: World) -> None:
    one = "/templates/{template}"
    status, made = call(world, "PUT", one, body=TEMPLATE, query={"reason": "new line"}, template="shoes")
    assert (status, made["version"], made["change"]["reason"]) == (200, 1, "new line")
    assert made["change"]["by"].startswith("arn:")
    assert call(world, "GET", one, template="shoes")[1]["fields"]["headline"]["max_length"] == 10
    assert [c["version"] for c in call(world, "GET", one + "/changes", template="shoes")[1]["changes"]] == [1]
    names = {rule["name"] for rule in call(world, "GET", "/templates")[1]["rules"]}
    assert {"shoes", "default", "swatch"} <= names


def test_a_change_of_another_version_and_a_wrong_template_are_refused(world: World) -> None:
    one = "/templates/{template}"
    assert call(world, "PUT", one, body=TEMPLATE, if_match='"3"', template="shoes")[1]["code"] == "version"
    status, refused = call(world, "PUT", one, body={"name": "shoes", "price": 3}, template="shoes")
    assert (status, refused["code"], refused["problems"][0]["field"]) == (422, "invalid_template", "price")
    for name in ("Shoes", "a/b", "x" * 64):
        assert call(world, "GET", one, template=name)[1]["code"] == "template_not_found"


def test_a_vocabulary_is_changed_and_read_in_every_version(world: World) -> None:
    one = "/vocabularies/{vocabulary}"
    first = {"name": "colours", "terms": [{"id": "red", "labels": {"en": "Red"}}]}
    second = {"name": "colours", "terms": [{"id": "red", "labels": {"en": "Red", "de": "Rot"}}]}
    for body in (first, second):
        assert call(world, "PUT", one, body=body, vocabulary="colours")[0] == 200
    read = [call(world, "GET", one, query={"version": n}, vocabulary="colours")[1] for n in ("1", "2")]
    assert [list(each["terms"][0]["labels"]) for each in read] == [["en"], ["en", "de"]]
    (newest, _) = call(world, "GET", one + "/changes", vocabulary="colours")[1]["changes"]
    assert newest["changes"] == ["+ terms[red].labels.de: 'Rot'"]


def test_an_edit_quarantines_and_accepts_at_once_and_refuses_money_by_name(world: World) -> None:
    asset = record_master(world, picture())
    path = "/assets/{asset_id}/metadata"
    call(world, "PUT", "/templates/{template}", body=TEMPLATE, template="shoes")
    _, refused = call(world, "PATCH", path, body={"category": "shoes"}, asset_id=asset.asset_id)
    assert (refused["status"], [p["code"] for p in refused["problems"]]) == ("quarantined", ["required"])
    revision = f'"{refused["revision"]}"'
    body = {"set": {"headline": "Boot", "instructions": "between us"}}
    _, accepted = call(world, "PATCH", path, body=body, if_match=revision, asset_id=asset.asset_id)
    assert (accepted["status"], accepted["metadata"]["headline"]["value"]) == ("accepted", "Boot")
    assert "between us" not in json.dumps(accepted)
    assert call(world, "PATCH", path, body=body, if_match=revision, asset_id=asset.asset_id)[0] == 409
    for name in ("price", "EK-Preis"):
        status, money = call(world, "PATCH", path, body={"set": {name: "3"}}, asset_id=asset.asset_id)
        assert (status, money["code"], money["problems"][0]["field"]) == (422, "forbidden_field", name)
    assert "between us" not in json.dumps(call(world, "GET", "/assets/{asset_id}", asset_id=asset.asset_id)[1])


def test_many_assets_are_edited_after_a_dry_run_by_a_job_that_shows_its_progress(world: World) -> None:
    ids = [record_master(world, picture(n), key=f"{n}.png").asset_id for n in range(3)]
    call(world, "PUT", "/templates/{template}", body=TEMPLATE, template="shoes")
    wanted = {"asset_ids": ids, "edit": {"category": "shoes", "set": {"headline": "Boot"}}}
    status, told = call(world, "POST", "/metadata/bulk", body=wanted)
    assert (status, told["matched"], told["changed"], told["quarantined"]) == (200, 3, 3, 0)
    _, job = call(world, "POST", "/metadata/bulk", body=wanted | {"dry_run": False, "token": "t"})
    assert call(world, "POST", "/metadata/bulk", body=wanted | {"dry_run": False, "token": "t"})[1] == job
    result, _ = world.deliver("revalidate", due(job["job_id"]))
    assert result == {"batchItemFailures": []}
    _, done = call(world, "GET", "/jobs/{job}", job=job["job_id"])
    assert (done["state"], done["done"], done["changed"], done["total"]) == ("done", 3, 3, 3)
    assert done["job_id"] in [each["job_id"] for each in call(world, "GET", "/jobs")[1]["jobs"]]
    assert {world.catalog.asset(each).category for each in ids} == {"shoes"}


def test_a_job_is_cancelled_and_resumed_and_jobs_are_listed_page_by_page(world: World) -> None:
    for number in range(3):
        wanted = {"query": {"category": "default"}, "edit": {"set": {"city": f"Rome {number}"}}, "dry_run": False}
        _, job = call(world, "POST", "/metadata/bulk", body=wanted)
    path = {"job": job["job_id"]}
    for step, state in (("cancel", "cancelled"), ("resume", "running")):
        status, answer = call(world, "POST", "/jobs/{job}/" + step, **path)
        assert (status, answer["state"]) == (200, state)
    world.deliver("revalidate", due(job["job_id"]))
    for step in ("cancel", "resume"):
        status, problem = call(world, "POST", "/jobs/{job}/" + step, **path)
        assert (status, problem["code"]) == (409, "job_ended")
    _, first = call(world, "GET", "/jobs", query={"limit": "2"})
    _, rest = call(world, "GET", "/jobs", query={"limit": "2", "cursor": first["next_cursor"]})
    assert (len(first["jobs"]), len(rest["jobs"]), rest["next_cursor"]) == (2, 1, None)
    assert call(world, "GET", "/jobs/{job}", **path)[1]["request"]["edit"] == {"set": {"city": "Rome 2"}}


def test_an_edit_of_nothing_selected_is_refused(world: World) -> None:
    for body in ({"edit": {"set": {"city": "Rome"}}}, {"edit": {"set": {"city": "Rome"}}, "query": {}}):
        assert call(world, "POST", "/metadata/bulk", body=body)[0] == 422


def test_the_worker_names_the_bad_message_and_goes_on_with_both_good_ones(world: World) -> None:
    jobs = []
    for name in ("shoes", "hats"):
        body = {"name": name, "fields": {}, "title": name}
        made = call(world, "PUT", "/templates/{template}", body=body, template=name)[1]
        jobs.append(made["change"]["job_id"])
    bad = message("sqs_asset_accepted.json")  # no ItemDue
    result, _ = world.deliver("revalidate", batch_of(due(jobs[0]), bad, due(jobs[1]), due("j" + "a" * 15)))
    assert [failure["itemIdentifier"] for failure in result["batchItemFailures"]] == ["message-1", "message-3"]
    assert [call(world, "GET", "/jobs/{job}", job=job)[1]["state"] for job in jobs] == ["done", "done"]
