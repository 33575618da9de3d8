// ArchiveWalk of a build without libarchive: every archive is a failed input.
#include <utility>

#include "inputs/archives/archive_walk.h"

namespace app {

class ArchiveWalk::Reader {};

ArchiveWalk::ArchiveWalk(std::string path)
    : path_(std::move(path)),
      cause_(
          "archives are not read: gfnet was built without libarchive (Debian and Ubuntu: apt "
          "install libarchive-dev)") {}

ArchiveWalk::~ArchiveWalk() = default;

std::optional<Input> ArchiveWalk::next() {
  return cause_.empty() ? std::nullopt : failure(std::exchange(cause_, ""));
}

std::optional<Input> ArchiveWalk::failure(std::string cause) {
  return Input{path_, std::move(cause)};
}

}  // namespace app
