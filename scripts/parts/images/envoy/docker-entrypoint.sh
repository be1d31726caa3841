#!/bin/sh
# Behaves as the real one: arguments alone are for Envoy, and root becomes the user envoy unless
# ENVOY_UID is 0, so that a key only root may read is out of reach.
set -e
case "$1" in
  -*) set -- envoy "$@" ;;
esac
if [ "$1" = envoy ] && [ -n "$loglevel" ]; then set -- "$@" --log-level "$loglevel"; fi
if [ "$ENVOY_UID" = 0 ] || [ "$(id -u)" != 0 ]; then exec "$@"; fi
if [ -n "$ENVOY_UID" ]; then usermod -u "$ENVOY_UID" envoy; fi
if [ -n "$ENVOY_GID" ]; then groupmod -g "$ENVOY_GID" envoy; fi
chown envoy:envoy /dev/stdout /dev/stderr
exec setpriv --reuid envoy --regid envoy --init-groups "$@"
