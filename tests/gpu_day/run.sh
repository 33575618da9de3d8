#!/bin/sh
# Runs a GPU day from a packed folder: run REPORT-FOLDER [OPTION…]; --help shows the options.
# Needs a GPU with its driver, glibc and python3; no compiler and no network.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if ! command -v python3 >/dev/null; then
  echo "gpu-day: python3 is needed, and there is none here" >&2
  exit 2
fi
unpacked=$(mktemp -d "${TMPDIR:-/tmp}/gfnet-gpu-day-XXXXXX")
trap 'rm -rf "$unpacked"' EXIT
echo "gpu-day: unpacking" >&2
if python3 -c 'import lzma' 2>/dev/null; then
  python3 - "$here/gpu-day.tar.xz" "$unpacked" <<'END'
import sys, tarfile
with tarfile.open(sys.argv[1]) as archive:
    archive.extractall(sys.argv[2], **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
END
else
  tar -xJf "$here/gpu-day.tar.xz" -C "$unpacked"
fi
# In the background and waited for, so that a signal reaches it.
python3 -B "$unpacked/gpu-day/scripts/gpu-day" "$@" &
day=$!
trap 'kill -TERM "$day"' TERM INT
wait "$day" && status=0 || status=$?
while kill -0 "$day" 2>/dev/null; do wait "$day" && status=0 || status=$?; done
exit "$status"
