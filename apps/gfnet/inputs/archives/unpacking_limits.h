#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace app {

/// How much of an archive is unpacked at most. Images hardly get smaller when they are packed, so
/// an archive that unpacks to far more than its own size was made to take time and memory.
class UnpackingLimits {
 public:
  UnpackingLimits() = default;
  /// archive_bytes: size of the archive's file.
  explicit UnpackingLimits(std::uint64_t archive_bytes);

  /// Number of bytes that the next image may have: of one image at most 1 GiB.
  std::size_t image() const;
  /// Why an image with this number of bytes is not read; empty if it may be.
  std::string why_not_image(std::uint64_t bytes) const;
  /// Counts an image's bytes as unpacked.
  void took_image(std::uint64_t bytes);

  /// Why a stream that has unpacked to this number of bytes is read no further; empty if it is.
  /// The stream is everything in a compressed archive, whether an image or not.
  std::string why_not_further(std::uint64_t bytes) const;

 private:
  std::uint64_t images_left_ = 0;  // in bytes
  std::uint64_t stream_ = 0;       // in bytes
};

}  // namespace app
