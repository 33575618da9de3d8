#pragma once

#include <cstdint>
#include <string>

namespace app {

/// How much may come out of an archive, by the size of its file. An archive that unpacks to far
/// more than ordinary ones do was made to take time and memory.
class UnpackingLimits {
 public:
  UnpackingLimits() = default;
  /// archive_bytes: size of the archive's file.
  explicit UnpackingLimits(std::uint64_t archive_bytes);

  /// Why an image with this number of bytes is not read; empty if it may be. One image may have 1
  /// GiB; the other limit is for all images together.
  std::string why_not_image(std::uint64_t bytes) const;
  /// Counts an image's bytes, whether they are read or not: then runs that read only some of the
  /// images, for --shard and --resume, refuse the same ones.
  void count_image(std::uint64_t bytes);

  /// Why an archive is read no further; empty if it is. members: how many there were. stream: the
  /// number of bytes that a compressed archive has unpacked to, whether of images or not; 0 for an
  /// archive whose members are compressed one by one.
  std::string why_not_further(std::uint64_t members, std::uint64_t stream) const;

  /// How many pixels the images that are decoded may have together.
  std::int64_t pixels() const { return pixels_; }

 private:
  std::uint64_t images_left_ = 0;  // in bytes
  std::uint64_t stream_ = 0;       // in bytes
  std::uint64_t members_ = 0;
  std::int64_t pixels_ = 0;
};

}  // namespace app
