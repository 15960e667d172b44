"""The files of ``deploy/`` fit the site they start: its settings, its limits, the one proxy it trusts."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from wutong.cli.app import main
from wutong.site.core.domain.files import AT_MOST

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"


def test_the_unit_sets_only_what_the_site_reads_and_writes_only_its_data():
    unit = (DEPLOY / "wutong.service").read_text("utf-8")
    read = set(re.findall(r"WUTONG_[A-Z_]+", (ROOT / "src/wutong/site/config/environment.py").read_text("utf-8")))
    given = dict(re.findall(r"(WUTONG_[A-Z_]+)=(\S+)", unit))
    assert set(given) == {"WUTONG_DATA", "WUTONG_HOSTS", "WUTONG_DATABASE_URL"}
    assert set(given) <= read
    assert re.findall(r"^ReadWritePaths=(.+)$", unit, re.MULTILINE) == [given["WUTONG_DATA"]]
    assert {"NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "UMask=0077"} <= set(unit.splitlines())


def test_the_commands_of_the_unit_exist(capsys):
    unit = (DEPLOY / "wutong.service").read_text("utf-8")
    for command in re.findall(r"^ExecStart(?:Pre)?=(.+)$", unit, re.MULTILINE):
        _program, group, name, *options = shlex.split(command)
        assert main([group, name, "--help"]) == 0
        shown = capsys.readouterr().out
        assert all(o in shown for o in options if o.startswith("--")), (command, shown)


def test_nginx_replaces_what_a_client_claims_and_lets_the_largest_file_through():
    proxy = (DEPLOY / "wutong-proxy.conf").read_text("utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in proxy
    assert "$proxy_add_x_forwarded_for" not in proxy
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert int(re.search(r"client_max_body_size (\d+)m", site)[1]) << 20 > AT_MOST
    assert site.count("limit_req zone=") == site.count("location ") == site.count("include /etc/nginx/wutong-proxy.conf;")
