#!/bin/sh
# Installs the library, and builds a program and a shared library with what was installed: install.sh BUILD CONFORMANCE
set -eu
build=$1 conformance=$2
example=$(dirname "$(readlink -f "$0")")/../example/example.c
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/prefix" >/dev/null
cat >"$work/CMakeLists.txt" <<EOF
cmake_minimum_required(VERSION 3.20)
project(user C)
find_package(nhipol 0.1 REQUIRED)
nhipol_policy(policy $conformance/modules/obligations-access-request.wasm example)
nhipol_library(library $conformance/modules/obligations-access-request.wasm example)
add_executable(user $example)
target_link_libraries(user policy)
EOF
cmake -S "$work" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" >/dev/null
cmake --build "$work/build" >/dev/null
"$work/build/user" | grep -q '^by scope'
test -f "$work/build/libnhipol_example.so"
"$work/prefix/bin/nhipol-cc" -s "$work/other.so" "$conformance/modules/obligations-access-request.wasm"
if command -v pkg-config >/dev/null; then
    PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name nhipol.pc)")
    export PKG_CONFIG_PATH
    "$work/prefix/bin/nhipol-cc" -n example -o "$work" "$conformance/modules/obligations-access-request.wasm"
    # shellcheck disable=SC2046 # flags are several words
    cc -w "$example" "$work/example_nhipol.c" $(pkg-config --cflags --libs nhipol) -o "$work/other"
    "$work/other" | grep -q '^by scope'
fi
echo '1 passed, 0 failed'
