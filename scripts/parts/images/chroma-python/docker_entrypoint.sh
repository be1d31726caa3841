#!/bin/bash
# Behaves as the real one: arguments are for uvicorn and are expanded by the shell, so a path with a
# space falls apart here as it does there; a whole `uvicorn …` command is taken as it is.
set -e
export IS_PERSISTENT=1
export CHROMA_SERVER_NOFILE="${CHROMA_SERVER_NOFILE:-65536}"
expanded="$(eval echo "$*")"
case "$expanded" in
  uvicorn*) command="$expanded" ;;
  *) command="uvicorn chromadb.app:app $expanded" ;;
esac
echo "Starting: $command"
# shellcheck disable=SC2086 # splitting at spaces is the behaviour
exec $command
