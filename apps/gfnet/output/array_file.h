#pragma once

#include <gfnet/npy.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace app {

/// A .npy file of float32 rows that a run writes. If the file holds something, that stays until
/// begin(): a run that is refused loses nothing.
class ArrayFile {
 public:
  /// row: the shape of a row. prior_rows: the number of rows that earlier runs have written and
  /// that stay. Throws gfnet::FormatError if the file cannot be written, or if it does not hold
  /// these rows.
  ArrayFile(std::string path, gfnet::Shape row, std::uint64_t prior_rows);

  const gfnet::Shape& row() const { return row_; }
  /// Empties the file, unless it has rows that stay. Call this function before the first append().
  /// Further calls do nothing. Throws gfnet::FormatError.
  void begin();
  /// Appends whole rows. Throws gfnet::FormatError.
  void append(std::span<const float> rows) { writer_->append(rows); }
  /// Throws gfnet::FormatError if the file could not be written.
  void close();

 private:
  std::string path_;
  gfnet::Shape row_;
  std::unique_ptr<gfnet::NpyWriter> writer_;  // null before begin()
};

}  // namespace app
