"""Version 1: read only, with the permissions and the view of the token's holder."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from inspect import signature
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import parse_etags
from django_scopes import scope
from ninja import NinjaAPI, Path, Query
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import HttpBearer

from wutong import __version__
from wutong.errors import WutongError
from wutong.site.api.domain.tokens import token_of
from wutong.site.api.models import Token
from wutong.site.api.v1.schemas import (
    CompanyOut,
    CompanyPage,
    FactOut,
    Fault,
    MatchOut,
    PolicyOut,
    ReasonOut,
    RunOut,
    ScoreOut,
    ZoneOut,
)
from wutong.site.core.limits import MINUTE, spent
from wutong.site.policies.domain.queries.reasons import policy_of, reasons_of
from wutong.site.registry.domain.queries.facts import fact_names, facts_of
from wutong.site.registry.models import Company
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.domain.queries.packs import policies as book
from wutong.site.runs.enums import RunKind
from wutong.site.runs.models import Match, Run, Score

AT_ONCE, PAGE, RUNS = 120, 100, 50
"""Requests of a token in a minute, companies on a page, runs in a list."""
CODE = Path(..., min_length=1, max_length=18, pattern=r"^[0-9A-Z-]+$")
NAME = Path(..., min_length=1, max_length=48, pattern=r"^[a-z0-9-]+$")


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """An answer other than success: status, code, seconds to wait."""

    def __init__(self, status: int, code: str, wait: int = 0) -> None:
        super().__init__(code)
        self.status, self.code, self.wait = status, code, wait


class Bearer(HttpBearer):
    """``Authorization: Bearer wtg_…``; at most `AT_ONCE` requests a minute and token."""

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        """Return the token, None where it opens nothing."""
        found = token_of(token)
        if found is not None:
            _count(found)
        return found


def _count(token: Token) -> None:
    if spent(f"api:{token.prefix}", AT_ONCE):
        raise Refused(429, "W765", MINUTE)


class Api(NinjaAPI):
    """The API inside the namespace of its app."""

    def get_root_path(self, path_params: dict[str, Any]) -> str:
        """Return the address all operations begin with."""
        return reverse("api:v1:api-root", kwargs=path_params)

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        """Return the answer; what was read carries its hash, and is not sent again to who has it."""
        response = super().create_response(request, data, **kwargs)
        if response.status_code != 200:
            return response
        tag = f'"{sha256(response.content).hexdigest()}"'
        # a proxy that compresses an answer makes its tag a weak one
        held = {t.removeprefix("W/") for t in parse_etags(request.headers.get("If-None-Match", ""))}
        if held & {tag, "*"}:
            response = HttpResponse(status=304)
        response["ETag"], response["Cache-Control"] = tag, "private, no-cache"
        return response


api = Api(
    title="Wutong", version="1", urls_namespace="v1", docs_url=None, auth=Bearer(),
    description=f"梧桐开放接口 · open API of Wutong {__version__}. Read only; what a token may read is what its holder may read.")
FAULTS = {401: Fault, 403: Fault, 404: Fault, 422: Fault, 429: Fault}


def read(path: str, permission: str, answer: Any) -> Callable[[Callable[..., Any]], Any]:
    """Register an operation: the holder needs `permission`, and every query sees the token's zone only."""

    def register(function: Callable[..., Any]) -> Any:
        known = {n for n in signature(function).parameters if f"{{{n}}}" not in path} - {"request"}

        @wraps(function)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            token: Token = request.auth
            if not token.holder.has_perm(permission):
                raise Refused(403, "W763")
            # a misspelt filter would otherwise answer with everything
            if set(request.GET) - known:
                raise Refused(422, "W767")
            request.user = token.holder
            with scope(zone=token.zone):
                return function(request, *args, **kwargs)

        return api.get(path, response={200: answer, 304: None, **FAULTS}, operation_id=function.__name__, url_name=function.__name__)(run)

    return register


def _answer(request: HttpRequest, status: int, code: str, wait: int = 0) -> HttpResponse:
    text = WutongError.of(code).diagnostics[0]
    response = api.create_response(request, {"code": code, "zh": text.line("zh"), "en": text.line("en")}, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return _answer(request, error.status, error.code, error.wait)


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    response = _answer(request, 401, "W764")
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Http404)
def _nothing(request: HttpRequest, _error: Http404) -> HttpResponse:
    return _answer(request, 404, "W766")


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, _error: ValidationError) -> HttpResponse:
    return _answer(request, 422, "W767")


@read("/zone", "api.hold_tokens", ZoneOut)
def zone(request: HttpRequest) -> Any:
    """The token's zone, and the numbers of the runs that count now."""
    place, runs = request.user.zone, [latest(k) for k in (RunKind.POLICIES, RunKind.POINTS)]
    return {"code": place.code, "name": place.name, "demo": place.is_demo,
            "policies_run": runs[0] and runs[0].number, "points_run": runs[1] and runs[1].number}


@read("/companies", "registry.view_companies", CompanyPage)
def companies(
    request: HttpRequest, q: str = Query("", max_length=60), page: int = Query(1, ge=1, le=1_000_000),
) -> Any:
    """Companies by name, 100 on a page; `q` is part of a name, pinyin initials or a code."""
    rows = Company.objects.all().visible_to(request.user).order_by("name_pinyin", "pk")
    text = q.replace("\0", "").strip()
    if text:
        rows = rows.filter(name__icontains=text) | rows.filter(uscc__icontains=text) | rows.filter(name_initials__icontains=text)
    found = Paginator(rows, PAGE).get_page(page)
    return {"count": found.paginator.count, "page": found.number, "pages": found.paginator.num_pages, "items": list(found)}


@read("/companies/{uscc}", "registry.view_companies", CompanyOut)
def company(request: HttpRequest, uscc: str = CODE) -> Any:
    """One company."""
    return _company(request, uscc)


@read("/companies/{uscc}/facts", "registry.view_companies", list[FactOut])
def facts(request: HttpRequest, uscc: str = CODE) -> Any:
    """What is known of a company now, each value with its source."""
    names = fact_names()
    return [{"name": names.get(f.code, f.code), **{n: getattr(f, n) for n in ("code", "period", "value", "unit", "source", "valid_from", "known_from")}}
            for f in facts_of(_company(request, uscc), request.user)]


@read("/companies/{uscc}/matches", "policies.view_match", list[MatchOut])
def matches(request: HttpRequest, uscc: str = CODE) -> Any:
    """How a company stands to every policy, after the last run."""
    rows = Match.objects.of(latest(RunKind.POLICIES)).visible_to(request.user).filter(company=_company(request, uscc))
    return [_match(m) for m in rows.select_related("run")]


@read("/companies/{uscc}/matches/{pack}/{policy}/reasons", "policies.view_match", list[ReasonOut])
def reasons(request: HttpRequest, uscc: str = CODE, pack: str = NAME, policy: str = NAME) -> Any:
    """The clauses of one policy with the company's values, after the last run."""
    rows = Match.objects.of(latest(RunKind.POLICIES)).visible_to(request.user).select_related("run__zone", "company")
    match = get_object_or_404(rows, company__uscc=uscc, policy=f"{pack}/{policy}")
    return reasons_of(match, policy_of(match))


@read("/companies/{uscc}/scores", "points.view_score", list[ScoreOut])
def scores(request: HttpRequest, uscc: str = CODE) -> Any:
    """The points of a company, the last of each model."""
    rows = Score.objects.all().visible_to(request.user).filter(company=_company(request, uscc)).select_related("run")
    last: dict[str, Score] = {}
    for score in rows.order_by("run__ended_at", "run_id"):
        last[score.run.model.partition("@")[0]] = score
    return [_score(s) for _model, s in sorted(last.items())]


@read("/policies", "policies.view_policies", list[PolicyOut])
def policies(request: HttpRequest) -> Any:
    """Every version of every policy of the packs."""
    return [{"key": f"{p.pack}/{p.id}", "version": p.version, "name": p.zh, "status": p.status, "kind": p.kind, "issuer": p.issuer,
             "in_force_from": p.start, "in_force_to": p.end} for p in book(request.user.zone)]


@read("/runs", "runs.view_runs", list[RunOut])
def runs(request: HttpRequest) -> Any:
    """The last finished runs, the newest first."""
    rows = Run.objects.all().visible_to(request.user).done().select_related("snapshot").order_by("-ended_at", "-pk")[:RUNS]
    return [{"snapshot": r.snapshot.hash if r.snapshot else None, **{n: getattr(r, n) for n in ("number", "kind", "on", "engine", "ended_at")}} for r in rows]


def _company(request: HttpRequest, uscc: str) -> Company:
    return get_object_or_404(Company.objects.all().visible_to(request.user), uscc=uscc)


def _text(value: Any) -> str | None:
    return None if value is None else f"{value:f}"


def _match(m: Match) -> dict[str, Any]:
    return {"run": m.run.number, "on": m.run.on, "policy": m.policy, "name": m.policy_name, "outcome": m.outcome, "reason": m.reason,
            "missing": m.missing, "benefit_low": _text(m.benefit_low), "benefit_high": _text(m.benefit_high)}


def _score(s: Score) -> dict[str, Any]:
    return {"run": s.run.number, "on": s.run.on, "model": s.run.model, "name": s.run.model_name, "banner": s.run.banner, "low": _text(s.low),
            "high": _text(s.high), "rank": s.rank, "best": s.best, "worst": s.worst, "grade": s.grade}
