#pragma once

#include <cstdint>
#include <filesystem>
#include <istream>
#include <string>
#include <vector>

#include "gfnet/shape.h"

/// The header of a .npy file.
namespace gfnet::npy {

/// What a header states about the array.
struct Description {
  std::string type;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

/// Reads the header at the start of a file and moves to the first byte after the header. path: for
/// messages. Throws FormatError if the file does not start with a header of format version 1 to 3.
Description read_description(std::istream& file, const std::filesystem::path& path);

/// Reads `bytes` bytes into `data`. Throws FormatError if the file ends too early.
void read_exactly(std::istream& file, const std::filesystem::path& path, void* data,
                  std::size_t bytes);

/// Product of the extents times `size`; the largest uint64 if the product overflows.
std::uint64_t payload_bytes(const std::vector<std::int64_t>& shape, std::size_t size);

/// Throws ArgumentError if an extent is negative, or if the array has more than the 64 extents that
/// numpy reads. leading: number of extents that the array has before those in `shape`.
void check_extents(const Shape& shape, std::size_t leading = 0);

/// The text of the header of a '<f4' array in C order: a Python dictionary.
std::string make_header(const Shape& shape);

/// Returns a whole header: magic, version, length and text. The text is padded with spaces to at
/// least `room` characters.
std::string frame_header(std::string text, std::size_t room);

}  // namespace gfnet::npy
