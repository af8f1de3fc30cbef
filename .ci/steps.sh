# Sourced by the scripts beside it: they run in the root of the repository.

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Runs a command, and prints before it after how many seconds it begins.
step() { printf '\n== %s (%d s)\n' "$*" "$SECONDS"; "$@"; }
