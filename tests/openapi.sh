#!/usr/bin/env bash
# schemathesis against the OpenAPI document of a running server: no server error, no undocumented answer.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=target/schemathesis
[ -x "$tools/bin/schemathesis" ] || { python3 -m venv "$tools" && "$tools/bin/pip" install --quiet 'schemathesis==4.32.5'; }

folder=$(mktemp -d)
TICKETBOSS_LIMITS__WRITES_PER_SECOND=0 TICKETBOSS_LIMITS__SESSIONS_PER_MINUTE=0 \
  target/debug/ticketboss --data-folder "$folder" --listen 127.0.0.1:0 >"$folder/out" 2>"$folder/log" &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$folder"' EXIT
for _ in $(seq 300); do
  address=$(sed -n 's/.*listening on \([0-9.:]*\)).*/\1/p' "$folder/out")
  [ -n "$address" ] && break
  kill -0 $server
  read -rt 0.2 <> <(:) || true
done
api=http://$address/api/v1
token=$(curl -fsS -X POST "$api/sessions" | python3 -c 'import json, sys; print(json.load(sys.stdin)["token"])')
# Signing out would take the token from all that follows.
"$tools/bin/schemathesis" run "$api/openapi.json" --url "$api" -H "Authorization: Bearer $token" --seed 1 --max-examples 25 \
  --exclude-path /sign-outs --suppress-health-check all \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method
