"""Models with their banners, the ranking of the last run, the parts of a score that sum to it."""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from site_fixtures import client_of

from wutong.points.run import open_points
from wutong.site.core.domain.queries.home import panels_for
from wutong.site.points.views.models import tree_of
from wutong.site.registry.models import Company
from wutong.site.runs.domain.queries.packs import point_models
from wutong.site.runs.enums import Outcome
from wutong.site.runs.home import FRESH
from wutong.site.runs.models import Snapshot


def get(client, name, *args) -> str:
    response = client.get(reverse(f"points:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_every_model_opens_with_its_whole_tree_and_a_demo_says_so(world, as_role):
    client = as_role("zone_viewer")
    listed = get(client, "models")
    for model in point_models():
        assert reverse("points:model", args=[model.id, model.version]) in listed
        page = get(client, "model", model.id, model.version)
        assert [n.zh for n in model.nodes + model.leaves if n.zh not in page] == []
        assert len(tree_of(model)) == len(model.nodes) + len(model.leaves)
        assert (model.banner in page) is True
        assert (model.status == "demo") <= bool(model.banner)
    assert client.get(reverse("points:ranking", args=["nothing"])).status_code == 404


def test_the_ranking_is_that_of_the_zone_only(world, as_role):
    page = get(as_role("zone_viewer"), "ranking", "tsme-points")
    assert [c.name for c in Company.objects.all().in_care() if c.name not in page] == []
    assert [c.name for c in world.there.companies if c.name in page] == []


def test_a_ranking_finds_a_company_by_name(world, as_role):
    page = as_role("zone_viewer").get(reverse("points:ranking", args=["tsme-points"]), {"q": world.here.foreign.name}).content.decode()
    assert world.here.foreign.name in page
    assert world.here.company.name not in page


def test_a_model_without_a_run_says_what_to_do(world, as_role):
    page = get(as_role("zone_viewer"), "ranking", "hnte-innovation")
    assert "这个模型还没有计分结果" in page


def test_the_parts_of_a_score_sum_to_it(world, as_role):
    found = open_points(world.here.points_run.folder).explain(world.here.company.uscc)
    page = get(as_role("zone_viewer"), "score", world.here.score.pk)
    assert sum((x.added for x in found.lines), found.base + found.rounding) == world.here.score.low
    assert [x.indicator.zh for x in found.lines if x.indicator.zh not in page] == []
    assert client_of(world.there.people["zone_lead"]).get(reverse("points:score", args=[world.here.score.pk])).status_code == 404


def test_tiles_say_how_old_their_data_are_and_turn_grey(world, in_zone):
    user = world.people["zone_viewer"]
    user.enter(in_zone)
    tiles = {str(t.title): t for t in panels_for(user)}
    assert (tiles["在册企业"].value, tiles["在册企业"].stale) == ("3", False)
    assert tiles["符合的政策"].value == str(world.here.run.counts.get(Outcome.ELIGIBLE, 0))
    assert Decimal(tiles["积分中位数"].value) >= 0
    Snapshot.objects.all().update(known=timezone.now() - FRESH * 2)
    old = {str(t.title): t for t in panels_for(user)}
    assert [old[t].stale for t in ("在册企业", "符合的政策", "积分中位数", "即将到期的资质和专利")] == [True] * 4
    assert "14 天前" in old["在册企业"].as_of
    company = world.people["company_user"]
    company.enter(in_zone)
    assert [t for t in panels_for(company) if str(t.title) in tiles] == []
