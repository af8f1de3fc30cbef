#!/bin/sh
# What nhipol-cc refuses: translation.sh NHIPOL_CC WAT, a module that it translates.
set -u
translate=$1 wat=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# check STATUS TITLE
check() {
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $2" >&2
    fi
}

# add_manifest FILE: wat2wasm writes no custom sections.
add_manifest() { printf '\000\022\017nhipol.manifest{}' >>"$1"; }

# is_refused WORDS: the module is, with these words.
is_refused() {
    if "$translate" -o "$work" "$work/one.wasm" 2>"$work/why"; then
        check 1 "$1: it was translated"
    else
        grep -q "$1" "$work/why"
        check $? "$1"
    fi
}

# refuses WORDS SED: what sed makes of the module is refused.
refuses() {
    sed "$2" "$wat" >"$work/one.wat"
    wat2wasm "$work/one.wat" -o "$work/one.wasm" || exit 1
    is_refused "$1"
}

wat2wasm "$wat" -o "$work/fine.wasm"
"$translate" -n fine -o "$work/out" "$work/fine.wasm" && [ -f "$work/out/fine_nhipol.c" ]
check $? 'a module without a manifest is translated'
add_manifest "$work/fine.wasm"
"$translate" -n fine -o "$work/out" "$work/fine.wasm"
grep -q '^123,125,$' "$work/out/fine_nhipol.c"
check $? 'the manifest is contained'
cp "$work/fine.wasm" "$work/one.wasm"
add_manifest "$work/one.wasm"
is_refused 'has more than one manifest'
refuses 'has imports' 's/(memory (export/(import "a" "b" (func)) &/'
refuses 'does not have the export respond' 's/(func (export "respond").*/)/'
refuses 'export again has another type' 's/(export "again") (param f64 i32)/(export "again") (param i32 i32)/'
refuses 'export abi_minor has another type' 's/(global (export "abi_minor") i32 (i32.const 0))/(func (export "abi_minor"))/'
printf 'text' >"$work/one.wasm"
is_refused 'is not a valid module'
"$translate" -n Wrong-Name -o "$work" "$work/fine.wasm" 2>/dev/null
[ $? = 1 ]
check $? 'an invalid name is refused'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
