#pragma once

#include <zlib.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace app {

/// Decompresses a file in gzip's format (RFC 1952), also one of several parts. Unlike libarchive,
/// which passes over them, it compares the checksum and the size at the end of each part.
class GzipStream {
 public:
  /// descriptor: the file, at its first byte; it stays the caller's.
  explicit GzipStream(int descriptor);
  ~GzipStream();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  /// Whether the file begins like one of gzip. Leaves it at its first byte.
  static bool recognises(int descriptor);

  /// Reads up to out.size() bytes and returns their number; 0 at the end. Returns -1 if the file
  /// cannot be read or is damaged: then fault() says why.
  std::ptrdiff_t read(std::span<std::byte> out);
  const std::string& fault() const { return fault_; }
  /// Number of bytes that read() has returned so far.
  std::uint64_t unpacked() const { return unpacked_; }

 private:
  bool fill();

  int descriptor_;
  z_stream stream_ = {};
  bool is_between_parts_ = false;
  bool has_ended_ = false;
  std::uint64_t unpacked_ = 0;
  std::string fault_;
  std::array<Bytef, std::size_t{1} << 16> packed_;
};

}  // namespace app
