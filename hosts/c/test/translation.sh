#!/bin/sh
# What nhipol-cc refuses: translation.sh NHIPOL_CC WAT, a module that it translates.
set -u
translate=$1 wat=$2 assemble=$(dirname "$0")/assemble.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

tell() {
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $2" >&2
    fi
}

# refused WORDS: the module is, with these words.
refused() {
    if "$translate" -o "$work" "$work/one.wasm" 2>"$work/why"; then
        tell 1 "$1: it was translated"
    else
        grep -q "$1" "$work/why"
        tell $? "$1"
    fi
}

# refuses WORDS SED: what sed makes of the module is refused.
refuses() {
    sed "$2" "$wat" >"$work/one.wat"
    "$assemble" "$work/one.wat" "$work/one.wasm" || exit 1
    refused "$1"
}

"$assemble" "$wat" "$work/fine.wasm" || exit 1
"$translate" -n fine -o "$work/out" "$work/fine.wasm" && [ -f "$work/out/fine_nhipol.c" ]
tell $? 'it is translated'
grep -q '^123,125,$' "$work/out/fine_nhipol.c"
tell $? 'the manifest is its bytes'
wat2wasm "$wat" -o "$work/one.wasm"
refused 'has not exactly one manifest'
cp "$work/fine.wasm" "$work/one.wasm"
printf '\000\022\017nhipol.manifest{}' >>"$work/one.wasm"
refused 'has not exactly one manifest'
refuses 'has imports' 's/(memory (export/(import "a" "b" (func)) &/'
refuses 'lacks the export explain' 's/(func (export "explain"))//'
refuses 'export again has another type' 's/(export "again") (param f64)/(export "again") (param i32)/'
refuses 'export result has another type' 's/(global (export "result") i32 (i32.const 1024))/(func (export "result"))/'
printf 'text' >"$work/text.wasm"
"$translate" -o "$work" "$work/text.wasm" 2>/dev/null
[ $? = 1 ]
tell $? 'text is refused'
"$translate" -n Wrong-Name -o "$work" "$work/fine.wasm" 2>/dev/null
[ $? = 1 ]
tell $? 'a name that is none is refused'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
