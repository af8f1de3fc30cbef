#!/usr/bin/env bash
# Compiles policy.rego to policy.wasm with `opa`, from $OPA or the PATH. Use the version below, which
# `go install github.com/open-policy-agent/opa@v1.22.3` installs.
set -euo pipefail
cd "$(dirname "$0")"

bundle="$(mktemp -d)"
trap 'rm -rf "$bundle"' EXIT
entries=(p1 p2 p3_action p3_attribute p3_cidr p3_glob)
"${OPA:-opa}" build --target wasm "${entries[@]/#/--entrypoint=bench/}" --output "$bundle/bundle.tar.gz" policy.rego
tar -xzf "$bundle/bundle.tar.gz" --directory "$bundle" --absolute-names --transform "s|^/||" /policy.wasm
mv "$bundle/policy.wasm" policy.wasm
