"""The API of reviews: an item with all that speaks for an answer, and answers, many by one call."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request, read_as
from assetwire.domain.errors import AssetwireError, InvalidRequest
from assetwire.domain.work import WorkItem
from assetwire.review_requests import ReviewDecision, ReviewRequest


def decide(request: Request) -> dict[str, Any]:
    said = request.body(ReviewRequest).decisions
    read = [read_as(ReviewDecision, each) for each in said]
    asked = [each for each in read if isinstance(each, ReviewDecision)]
    taken = iter(bootstrap.review_api().decide(asked, by=request.actor))
    answers = [next(taken) if isinstance(each, ReviewDecision) else each for each in read]
    return {"results": [named(each) | shown(answer) for each, answer in zip(said, answers, strict=True)]}


def named(said: Any) -> dict[str, Any]:
    work_id = said.get("work_id") if isinstance(said, dict) else None
    return {"work_id": work_id if isinstance(work_id, str) else None}


def shown(answer: WorkItem | AssetwireError) -> dict[str, Any]:
    if isinstance(answer, WorkItem):
        return {"item": answer.model_dump(mode="json")}
    problems = answer.problems if isinstance(answer, InvalidRequest) else ()
    return {"code": answer.code, "message": answer.message} | ({"problems": list(problems)} if problems else {})


handler = Api(
    {
        "GET /work/{work_id}/review": lambda request: bootstrap.review_api().read(request.work_id).as_json(),
        "POST /work/decisions": decide,
    }
)
