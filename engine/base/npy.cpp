#include "gfnet/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <type_traits>

#include "base/half.h"
#include "base/npy_header.h"
#include "gfnet/error.h"

namespace gfnet {
namespace {

static_assert(std::endian::native == std::endian::little, "values are copied byte by byte");

template <typename Stored, typename Convert>
std::vector<float> read_values(std::ifstream& file, const std::filesystem::path& path,
                               std::size_t count, Convert convert) {
  std::vector<float> values(count);
  if constexpr (std::is_same_v<Stored, float>) {
    npy::read_exactly(file, path, values.data(), count * sizeof(float));
  } else {
    std::vector<Stored> piece;
    constexpr std::size_t kPiece = std::size_t{1} << 16;
    for (std::size_t done = 0; done < count; done += piece.size()) {
      piece.resize(std::min(kPiece, count - done));
      npy::read_exactly(file, path, piece.data(), piece.size() * sizeof(Stored));
      for (std::size_t i = 0; i < piece.size(); ++i) values[done + i] = convert(piece[i]);
    }
  }
  return values;
}

}  // namespace

NpyArray read_npy(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) throw FormatError(path, "no such file");
  if (std::filesystem::is_directory(path, error)) throw FormatError(path, "is a directory");
  // Before it is opened: opening a pipe waits for its other end.
  if (!std::filesystem::is_regular_file(path, error)) throw FormatError(path, "not a regular file");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw FormatError(path, std::string("cannot be opened: ") + std::strerror(errno));
  const std::uint64_t size = std::filesystem::file_size(path, error);
  if (error) throw FormatError(path, "cannot be read: " + error.message());
  if (size == 0) throw FormatError(path, "the file is empty");

  const npy::Description description = npy::read_description(file, path);
  const std::string& type = description.type;
  const std::size_t element = type == "<f8"   ? 8
                              : type == "<f4" ? 4
                              : type == "<f2" ? 2
                              : type == "|u1" ? 1
                                              : 0;
  if (element == 0) {
    throw FormatError(
        path, fmt::format("element type '{}' is not supported (<f4, <f8, <f2 and |u1 are)", type));
  }
  if (description.fortran_order) throw FormatError(path, "Fortran order is not supported");

  NpyArray array{Shape(description.shape), {}};
  const std::uint64_t expected = npy::payload_bytes(description.shape, element);
  const std::uint64_t present = size - static_cast<std::uint64_t>(file.tellg());
  if (expected != present) {
    throw FormatError(path, fmt::format("shape {} of '{}' needs {} bytes, the file has {}",
                                        array.shape.text(), type, expected, present));
  }
  const std::size_t count = static_cast<std::size_t>(expected / element);
  if (type == "<f4") {
    array.values = read_values<float>(file, path, count, [](float v) { return v; });
  } else if (type == "<f8") {
    array.values =
        read_values<double>(file, path, count, [](double v) { return static_cast<float>(v); });
  } else if (type == "<f2") {
    array.values = read_values<std::uint16_t>(file, path, count, half_to_float);
  } else {
    array.values = read_values<std::uint8_t>(file, path, count,
                                             [](std::uint8_t v) { return static_cast<float>(v); });
  }
  return array;
}

void write_npy(const std::filesystem::path& path, const Shape& shape,
               std::span<const float> values) {
  npy::check_extents(shape);
  if (npy::payload_bytes(shape.dims(), sizeof(float)) != values.size_bytes()) {
    throw ArgumentError(
        fmt::format("an array of shape {} does not have {} elements", shape.text(), values.size()));
  }
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  const std::string header = npy::frame_header(npy::make_header(shape), 0);
  file.write(header.data(), static_cast<std::streamsize>(header.size()));
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size_bytes()));
  file.close();
  if (!file) throw FormatError(path, std::string("cannot be written: ") + std::strerror(errno));
}

}  // namespace gfnet
