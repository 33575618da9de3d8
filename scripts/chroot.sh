# shellcheck shell=bash
# Chroots of Debian and Ubuntu, in which packages are checked, for the scripts that source this file. They need root and the
# package debootstrap, for Ubuntu's releases also ubuntu-keyring.

# enter ROOT COMMAND: runs a shell's command in a chroot, as root.
enter() {
  chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive sh -euc "$2"
}

# attach FOLDER PLACE: shows a folder of this system at a place in a chroot, until detach_all.
mounted=()
attach() {
  mkdir -p "$2"
  mount --bind "$1" "$2"
  mounted+=("$2")
}
detach_all() {
  local place
  for place in "${mounted[@]}"; do umount "$place"; done
  mounted=()
}
trap detach_all EXIT

remove_chroot() { [[ ! -e $1 ]] || rm -r --one-file-system "$1"; }

is_ubuntu() { [[ $1 == @(bionic|focal|jammy|noble) ]]; }

# make_chroot SUITE ROOT: makes a small system without a compiler, unless it is there already. Prints what debootstrap says.
make_chroot() {
  local suite=$1 root=$2 options=(--variant=minbase) mirror=()
  [[ ! -e $root/made ]] || return 0
  remove_chroot "$root"
  if is_ubuntu "$suite"; then
    options+=("--components=main,universe")
  else
    # shellcheck disable=SC2016
    mirror=("$(apt-get indextargets --no-release-info --format '$(SITE)' | head -n 1)")
  fi
  debootstrap "${options[@]}" "$suite" "$root" "${mirror[@]}"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/90fast"
  # There is no /dev/pts.
  echo 'Dpkg::Use-Pty "0";' >"$root/etc/apt/apt.conf.d/90no-terminal"
  touch "$root/made"
}

# put_sources UNPACKED FOLDER: puts the files of HEAD into a folder, as an archive has them, by way of another folder. Those that
# are there already keep their time, so that a second build compiles only what has changed.
put_sources() {
  local new=$1 target=$2 file
  rm -rf "$new" && mkdir -p "$new" "$target/build"
  git archive HEAD | tar -x -C "$new"
  while IFS= read -r -d '' file; do
    [[ -e $new/$file ]] || rm "$target/$file"
  done < <(cd "$target" && find . -path ./build -prune -o ! -type d -print0)
  while IFS= read -r -d '' file; do
    if ! cmp -s "$new/$file" "$target/$file"; then
      mkdir -p "$(dirname "$target/$file")"
      cp --preserve=mode "$new/$file" "$target/$file"
    fi
  done < <(cd "$new" && find . ! -type d -print0)
}
