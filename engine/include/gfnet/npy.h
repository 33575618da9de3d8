#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "gfnet/export.h"
#include "gfnet/shape.h"

namespace gfnet {

/// A tensor that was read from a .npy file (the format of numpy.save).
struct NpyArray {
  Shape shape;
  std::vector<float> values;
};

/// Reads a .npy file, format versions 1 to 3, in C order. Element types: u1 and little-endian f2,
/// f4 and f8. The values are converted to float; f8 is rounded.
/// Throws FormatError for everything else: Fortran order, another type, or a file that is shorter
/// or longer than its shape requires.
GFNET_API NpyArray read_npy(const std::filesystem::path& path);

/// Writes values as '<f4' in C order, format version 1. values: shape.elements() numbers. Throws
/// ArgumentError if `values` has another number of elements, if an extent is negative, or if there
/// are more than 64 extents; no file is written then. Throws FormatError if the file cannot be
/// written.
GFNET_API void write_npy(const std::filesystem::path& path, const Shape& shape,
                         std::span<const float> values);

/// Writes a '<f4' array [rows, row…] whose number of rows is known only at the end. The header is
/// updated after each append(), so numpy can read the rows appended so far even if the process is
/// killed. All functions throw FormatError if the file cannot be read or written.
class GFNET_API NpyWriter {
 public:
  /// row: shape of one row, without the leading axis. Throws ArgumentError if a row would have no
  /// elements, or if it has more than 63 extents.
  NpyWriter(const std::filesystem::path& path, const Shape& row);
  /// Continues a file that an NpyWriter has written: keeps the first `rows` rows of the file and
  /// cuts off all later rows. Throws FormatError if the file holds fewer rows, or was not written
  /// by an NpyWriter with the same row shape. Throws ArgumentError if `rows` is negative.
  NpyWriter(const std::filesystem::path& path, const Shape& row, std::int64_t rows);
  /// Closes the file and ignores errors. To see the errors, call close() first.
  ~NpyWriter();
  NpyWriter(const NpyWriter&) = delete;
  NpyWriter& operator=(const NpyWriter&) = delete;

  /// values: whole rows. Throws ArgumentError if `values` ends within a row, or if the file was
  /// closed; nothing is written then.
  void append(std::span<const float> values);
  /// Closes the file. Later calls do nothing.
  void close();

  const Shape& row() const { return row_; }
  std::int64_t rows() const { return rows_; }

 private:
  void check() const;
  void write_header();
  std::string header() const;
  std::uint64_t row_bytes() const;

  std::filesystem::path path_;
  std::fstream file_;
  Shape row_;
  std::int64_t rows_ = 0;
};

}  // namespace gfnet
