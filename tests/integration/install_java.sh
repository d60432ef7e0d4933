#!/bin/sh
# Java for Spark, from Debian's packages; nothing is done if it is there.
set -eu
PACKAGE=default-jre-headless
command -v java >/dev/null && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "the tests of Spark need Java 17 or newer; on Debian, as root: apt-get install $PACKAGE" >&2
  exit 1
fi
echo "installing $PACKAGE from Debian's packages (200 MB)"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends $PACKAGE >/dev/null
