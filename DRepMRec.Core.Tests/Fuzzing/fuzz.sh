#!/usr/bin/env bash
# Looks for inputs that readers of files don't answer as documented, guided by coverage: SharpFuzz instruments the library, afl-fuzz (afl++)
# makes the inputs, from those in corpus/READER.
#   DRepMRec.Core.Tests/Fuzzing/fuzz.sh READER|all [SECONDS]      for so many seconds each, 60 without a number
# What is found stays in artifacts/fuzzing/READER; prints executions, edges and findings, and fails if there is a finding.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
readers=${1:?"Expected the name of a reader, or all; see the beginning of $0."} seconds=${2:-60}
command -v afl-fuzz > /dev/null || { echo "afl-fuzz isn't installed: apt-get install afl++, for instance." >&2; exit 1; }
[ "$readers" != all ] || readers=$(ls "$here/corpus")

program="$root/artifacts/fuzzing/program" tools="$root/artifacts/fuzzing/tools"
rm -rf "$program"
dotnet build "$here/Harness" -c Release -v q --nologo -o "$program"
[ -x "$tools/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$tools"
"$tools/sharpfuzz" "$program/DRepMRec.Core.dll"

export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1
export TMPDIR=${TMPDIR:-/dev/shm} DOTNET_TieredCompilation=1
found=0
for reader in $readers; do
    out="$root/artifacts/fuzzing/$reader"
    rm -rf "$out"
    afl-fuzz -i "$here/corpus/$reader" -o "$out" -t 10000 -m none -V "$seconds" -- dotnet "$program/DRepMRec.Core.Fuzzing.dll" "$reader" \
        > "$out.log" 2>&1 || { tail -20 "$out.log" >&2; exit 1; }
    stats="$out/default/fuzzer_stats"
    figure() { awk -F: -v name="$1" '$1 ~ "^"name" *$" {gsub(/ /, "", $2); print $2}' "$stats"; }
    crashes=$(find "$out/default/crashes" "$out/default/hangs" -name 'id:*' | wc -l)
    echo "$reader: $(figure execs_done) executions, $(figure edges_found) edges, $(figure corpus_count) inputs kept, $crashes findings"
    found=$((found + crashes))
done
[ "$found" -eq 0 ]
