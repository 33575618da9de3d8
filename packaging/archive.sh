# shellcheck shell=bash disable=SC2154
# What the archives of packaging/ have in common, for the scripts that source this file after scripts/static-libraries.sh.

# Copies the licences of what has become part of a program: of static libraries, and of libraries that are headers.
#   copy_notices FOLDER PACKAGE…      PACKAGE: the static libraries, by the names of their source packages
copy_notices() {
  local folder=$1 library
  shift
  mkdir -p "$folder"
  for library in "$@"; do cp "$work/build/$library/debian/copyright" "$folder/$library.txt"; done
  for library in libvulkan-dev libvkfft-dev libstb-dev nlohmann-json3-dev libcli11-dev; do
    cp "/usr/share/doc/$library/copyright" "$folder/$library.txt"
  done
}

# The same of zig's parts: its own, and LLVM's library of C++.
copy_zig_notices() {
  local package
  package=$(echo "$zig_folder"/lib/python3*/site-packages/ziglang)
  cp "$package/LICENSE" "$1/zig.txt"
  cp "$package/lib/libcxx/LICENSE.TXT" "$1/libcxx.txt"
  cp "$package/lib/libcxxabi/LICENSE.TXT" "$1/libcxxabi.txt"
  cp "$package/lib/libunwind/LICENSE.TXT" "$1/libunwind.txt"
}

# Packs a folder, with the date of the last commit, so that the same commit gives the same archive.
#   pack FOLDER NAME      packs FOLDER/NAME into build/package/NAME.tar.xz
pack() {
  local archive=$PWD/build/package/$2.tar.xz date
  date=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
  mkdir -p build/package
  tar -C "$1" --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw --mtime="@$date" --format=gnu -c "$2" |
    xz -9e >"$archive"
  say "$archive: $(stat -c %s "$archive") bytes"
}
