#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "gfnet/shape.h"

namespace gfnet {

/// A tensor as numpy.save writes it.
struct NpyArray {
  Shape shape;
  std::vector<float> values;
};

/// Reads a .npy file (format versions 1 to 3) of little-endian f2, f4 or f8 or of u1, in C order,
/// and converts the values to float (f8 is rounded). Throws FormatError for anything else: Fortran
/// order, other types, a file shorter or longer than its shape asks for.
NpyArray read_npy(const std::filesystem::path& path);

/// Writes values as '<f4' in C order, format version 1. There must be shape.elements() of them.
/// Throws FormatError if the file cannot be written.
void write_npy(const std::filesystem::path& path, const Shape& shape,
               std::span<const float> values);

/// Writes a '<f4' array [rows, row…] whose number of rows is known only at the end. Whenever the
/// process ends, numpy reads the file as the array of all rows appended so far: the header is
/// brought up to date after each. All throw FormatError.
class NpyWriter {
 public:
  /// row: shape of one row, without the leading axis.
  NpyWriter(const std::filesystem::path& path, const Shape& row);
  /// Goes on with a file that such a writer has left, after its first `rows` rows; what follows
  /// those is cut off. Throws if it holds fewer, or other ones.
  NpyWriter(const std::filesystem::path& path, const Shape& row, std::int64_t rows);
  /// Closes the file; an error then goes unreported, so call close() first.
  ~NpyWriter();
  NpyWriter(const NpyWriter&) = delete;
  NpyWriter& operator=(const NpyWriter&) = delete;

  /// values: whole rows.
  void append(std::span<const float> values);
  /// Nothing can be appended any more.
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
