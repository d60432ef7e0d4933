#!/bin/sh
# Chromium and the fonts of the screenshots from Debian's packages; nothing is done if they are there.
set -eu
PACKAGES="chromium fonts-inter fonts-wqy-microhei fonts-noto-color-emoji"
if command -v dpkg >/dev/null; then
  # shellcheck disable=SC2086 -- a list of words
  there=$(dpkg-query --show --showformat='${db:Status-Status}\n' $PACKAGES 2>/dev/null | grep -cx installed || :)
  [ "$there" = 4 ] && exit 0
elif command -v chromium >/dev/null; then
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "the browser tests need chromium and three fonts; on Debian, as root: apt-get install $PACKAGES" >&2
  exit 1
fi
echo "installing chromium and three fonts from Debian's packages (90 MB)"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086
apt-get install -qq -y --no-install-recommends $PACKAGES >/dev/null
