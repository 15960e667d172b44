#!/bin/sh
# Install what some tests need beside Python. Only on Debian and only as root; elsewhere those tests are skipped
# by name (or fail, with CI=true). Quick when everything is there.
set -eu
missing=""
{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null 2>&1 \
    || missing="$missing chromium"
[ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ] || missing="$missing fontconfig fonts-noto-cjk"
command -v java >/dev/null 2>&1 || missing="$missing default-jre-headless"
command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
[ -n "$missing" ] || exit 0
if [ ! -f /etc/debian_version ] || [ "$(id -u)" != 0 ]; then
    echo "Not installed here:$missing — the tests that need them are skipped by name." >&2
    exit 0
fi
echo "Installing for the tests:$missing"
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null; } \
    || echo "Could not install:$missing — the tests that need them will not run." >&2
