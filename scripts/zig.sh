# shellcheck shell=bash disable=SC2034,SC2154
# The compiler zig, from PyPI, for the scripts that source this file. It compiles C and C++ for other systems than this one.
#
# A script sources scripts/static-libraries.sh first.

zig_version=0.17.1
zig_folder=$PWD/build/zig
# Linux with glibc 2.17 or newer, as manylinux2014 is.
zig_linux_target=$(uname -m)-linux-gnu.2.17
# What is linked statically for Linux, by Debian's names of the source packages.
zig_linux_libraries=(zlib libjpeg-turbo libpng1.6 giflib libwebp tiff fmtlib glslang spirv-cross libmd libarchive)

# Writes cc, c++, ar and ranlib to $work/bin, scripts that call zig.
#   write_zig_tools TARGET [ARGUMENT…]      ARGUMENT: more for the compilers
write_zig_tools() {
  local target=$1 name arguments
  shift
  if ! "$zig_folder/bin/python" -c 'import ziglang' 2>/dev/null; then
    say "fetching zig"
    python3 -m venv "$zig_folder"
    quietly zig "$zig_folder/bin/pip" install "ziglang==$zig_version"
  fi
  mkdir -p "$work/bin"
  for name in cc c++ ar ranlib; do
    arguments=$name
    # Zig turns the sanitizer for undefined behaviour on by default, and debug information.
    if [[ $name == c* ]]; then arguments+=" -target $target -fno-sanitize=undefined -g0${*:+ ${*@Q}}"; fi
    if [[ $name == ar && $target == *-macos* ]]; then arguments+=" --format=darwin"; fi
    printf '#!/bin/sh\nexec "%s" -m ziglang %s "$@"\n' "$zig_folder/bin/python" "$arguments" >"$work/bin/$name"
    chmod +x "$work/bin/$name"
  done
}
