#!/bin/bash
# Behaves as the real one, but for its first step, which compiles chroma-hnswlib for this processor.
# It takes no arguments, and without `exec` no signal reaches uvicorn: stopping takes its full time.
export IS_PERSISTENT=1
export CHROMA_SERVER_NOFILE=65535
uvicorn chromadb.app:app --workers 1 --host 0.0.0.0 --port 8000 --proxy-headers --log-config chromadb/log_config.yml --timeout-keep-alive 30
