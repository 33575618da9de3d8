#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "inputs/input.h"

namespace app {

/// Lists the images in an archive, in the archive's order. Nothing is unpacked to the disk, and
/// memory does not grow with the archive. An image's path is the path of the archive, "/" and the
/// name of the member, such as "a.tar/dir/x.jpg".
///
/// From an archive that is damaged or cut come the images before the damage, then the path of the
/// archive with the reason in Input::cause. The same path with a cause comes from an archive
/// without images. A member with an image's name that is a link, or that is encrypted, has a cause.
/// The list ends early once interrupted().
class ArchiveWalk {
 public:
  /// path: of the archive.
  explicit ArchiveWalk(std::string path);
  ~ArchiveWalk();
  ArchiveWalk(const ArchiveWalk&) = delete;
  ArchiveWalk& operator=(const ArchiveWalk&) = delete;

  /// Returns the next image or failure, or nothing at the end. Of an image, Input::fetch then reads
  /// the bytes, as long as next() was not called again.
  std::optional<Input> next();
  /// Number of members skipped so far: those that are neither folders nor have an image's name.
  std::size_t passed_over() const { return passed_over_; }

 private:
  class Reader;  // the library's

  std::optional<Input> failure(std::string cause);

  std::string path_;
  std::unique_ptr<Reader> reader_;  // null at the end
  std::string cause_;               // of a failure that next() has not returned yet
  bool is_bare_ = true;             // next() has returned nothing so far
  std::size_t passed_over_ = 0;
};

}  // namespace app
