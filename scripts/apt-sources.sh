# shellcheck shell=bash
# Source packages of Debian and Ubuntu, for the scripts that source this file.

# The package sources that apt uses, one line per archive: "FILE:LINE RELEASE COMPONENT".
sources() {
  # shellcheck disable=SC2016
  apt-get indextargets --no-release-info --format '$(SOURCESENTRY) $(RELEASE) $(COMPONENT)' |
    sort -u
}

# Copies apt's entry for a release, with another suite. Mirror, key and options stay the same.
#   write_source RELEASE SUITE deb|deb-src PATH-WITHOUT-ENDING
write_source() {
  local release=$1 suite=$2 type=$3 target=$4 entry file
  entry=$(sources | awk -v release="$release" '$2 == release && $3 == "main" {print $1}' | head -n 1)
  file=${entry%:*}
  [[ -n $file ]] || return 1
  if [[ $file == *.sources ]]; then
    awk -v RS= -v suite="(^|\n)Suites:[^\n]*[ \t]$release([ \t\n]|\$)" \
      '$0 ~ suite && !found++' "$file" |
      sed -e "s/^Types:.*/Types: $type/" -e "s/^Suites:.*/Suites: $suite/" \
        -e 's/^Components:.*/Components: main/' >"$target.sources"
  else
    sed -n "${entry##*:}p" "$file" |
      sed -E -e "s/^deb /$type /" -e "s/[[:space:]]${release}[[:space:]].*/ $suite main/" \
        >"$target.list"
  fi
}

# Downloads source packages of a release into a folder, without a change to the system's package lists.
#   fetch_sources THIS-RELEASE SUITE FOLDER PACKAGE…
fetch_sources() {
  local release=$1 suite=$2 folder=$3
  shift 3
  mkdir -p "$folder"/apt/{lists/partial,cache/archives/partial,sources.d}
  write_source "$release" "$suite" deb-src "$folder/apt/sources.d/sources" || return 1
  local options=(-o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$folder/apt/sources.d"
    -o Dir::State::Lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" -o APT::Default-Release=)
  (
    cd "$folder" &&
      apt-get -q "${options[@]}" update &&
      # apt holds the packages to the archive's signed list; their own signatures may need a newer keyring.
      apt-get -q "${options[@]}" source --download-only "$@"
  )
}
