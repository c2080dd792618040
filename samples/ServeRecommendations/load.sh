#!/usr/bin/env bash
# Serves a model on loopback, puts every second another file in its place, each second one damaged, and asks all the while with wrk.
#   samples/ServeRecommendations/load.sh [--model FILE] [--seconds N] [--no-reload]
# Without --model it's the small synthetic one, trained at the first start. PREFIX, USERS and FEATURES are for load.lua.
# Prints requests per second, percentiles and failed requests, and fails if a request did, or if a file was passed over.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
model="" seconds=20 warmup=5 reload=true url=http://127.0.0.1:5081
while [ $# -gt 0 ]; do
    case $1 in
        --model) model=$2; shift 2 ;;
        --seconds) seconds=$2; shift 2 ;;
        --no-reload) reload=false; shift ;;
        *) echo "'$1' isn't an option; see the beginning of $0." >&2; exit 1 ;;
    esac
done
command -v wrk > /dev/null || { echo "wrk isn't installed." >&2; exit 1; }

dotnet build "$here" -c Release -v q --nologo
program=$(ls -t "$here"/bin/Release/net10.0/*/ServeRecommendations.dll | head -1)
work=$(mktemp -d)
server="" publisher=""
stop() {
    for process in $publisher $server; do kill "$process" 2> /dev/null && wait "$process" 2> /dev/null || true; done
}
trap 'stop; rm -rf "$work"' EXIT

start() {
    dotnet "$program" --urls "$url" "$@" > "$work/server.log" 2>&1 &
    server=$!
    for _ in $(seq 1200); do
        curl -sf "$url/healthz" > /dev/null && return
        kill -0 "$server" 2> /dev/null || break
        sleep 0.25
    done
    cat "$work/server.log" >&2
    exit 1
}

if [ -z "$model" ]; then
    start
    model=$(sed -nE "s/.*recommender 'default' serves (.*) of [0-9]{4}-.*/\1/p" "$work/server.log" | head -1)
    stop
fi
cp "$model" "$work/good"
cp "$model" "$work/bad"
size=$(stat -c %s "$work/bad")
printf '\x5a\xa5\x5a\xa5' | dd of="$work/bad" bs=1 seek=$((size - 64)) conv=notrunc status=none
cp "$work/good" "$work/model.drepmrec"
start --model "$work/model.drepmrec" --Recommender:PollInterval 00:00:00.1

publish() {
    while true; do
        for file in good bad; do
            sleep 1
            cp "$work/$file" "$work/next"
            mv "$work/next" "$work/model.drepmrec"
        done
    done
}

wrk -t1 -c16 -d"${warmup}s" -s "$here/load.lua" "$url" > /dev/null
before=$(curl -sf "$url/health" | sed -E 's/.*"loads":([0-9]+).*/\1/')
if $reload; then
    publish &
    publisher=$!
fi
wrk -t1 -c16 -d"${seconds}s" -s "$here/load.lua" "$url" | tee "$work/wrk.log"
after=$(curl -sf "$url/health" | sed -E 's/.*"loads":([0-9]+).*/\1/')
refused=$(grep -c "can't serve" "$work/server.log" || true)
echo "$((after - before)) models took the place of another, $refused times a damaged one was refused; resident $(awk '/VmRSS/ {print int($2 / 1024)}' /proc/$server/status) MB"
grep -q "p99 .* 0 answers that weren't 2xx, 0 socket errors" "$work/wrk.log"
if $reload; then
    [ $((after - before)) -ge $((seconds / 2 - 2)) ] && [ "$refused" -ge $((seconds / 2 - 2)) ]
fi
