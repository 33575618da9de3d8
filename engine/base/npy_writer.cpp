#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>

#include "base/npy_header.h"
#include "gfnet/error.h"
#include "gfnet/npy.h"

namespace gfnet {
namespace {

/// Throws ArgumentError if rows of this shape have no elements, more bytes than 64 bits count, or
/// more extents than numpy reads.
void check_row(const Shape& row) {
  npy::check_extents(row, 1);
  const std::uint64_t bytes = npy::payload_bytes(row.dims(), sizeof(float));
  if (bytes > 0 && bytes < std::numeric_limits<std::uint64_t>::max()) return;
  throw ArgumentError(fmt::format("rows of shape {} cannot be written", row.text()));
}

}  // namespace

NpyWriter::NpyWriter(const std::filesystem::path& path, const Shape& row) : path_(path), row_(row) {
  check_row(row);
  errno = 0;
  file_.open(path, std::ios::binary | std::ios::out | std::ios::trunc);
  write_header();
}

NpyWriter::NpyWriter(const std::filesystem::path& path, const Shape& row, std::int64_t rows)
    : path_(path), row_(row), rows_(rows) {
  check_row(row);
  if (rows < 0) throw ArgumentError(fmt::format("a file cannot keep {} rows", rows));
  errno = 0;
  file_.open(path, std::ios::binary | std::ios::in | std::ios::out);
  if (!file_) throw FormatError(path, std::string("cannot be opened: ") + std::strerror(errno));
  const npy::Description description = npy::read_description(file_, path);
  const auto start = static_cast<std::uint64_t>(file_.tellg());
  std::vector<std::int64_t> dims = description.shape;
  if (dims.empty()) dims.push_back(0);
  dims.erase(dims.begin());
  if (description.type != "<f4" || description.fortran_order || Shape(dims) != row ||
      start != header().size()) {
    throw FormatError(path, "was not written by this program as rows of shape " + row.text());
  }
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(path, error);
  if (error) throw FormatError(path, "cannot be read: " + error.message());
  const std::uint64_t present = (size - start) / row_bytes();
  if (present < static_cast<std::uint64_t>(rows)) {
    throw FormatError(path, fmt::format("has {} rows, not {}", present, rows));
  }
  std::filesystem::resize_file(path, start + static_cast<std::uint64_t>(rows) * row_bytes(), error);
  if (error) throw FormatError(path, "cannot be written: " + error.message());
  write_header();
}

NpyWriter::~NpyWriter() {
  try {
    close();
  } catch (const FormatError&) {
  }
}

void NpyWriter::append(std::span<const float> values) {
  if (!file_.is_open()) throw ArgumentError("append() after close()");
  if (values.size_bytes() % row_bytes() != 0) {
    throw ArgumentError(
        fmt::format("{} numbers are not whole rows of shape {}", values.size(), row_.text()));
  }
  errno = 0;
  file_.write(reinterpret_cast<const char*>(values.data()),
              static_cast<std::streamsize>(values.size_bytes()));
  file_.flush();
  if (!file_) {
    // Cut off the part of a row that was written. If that fails, it is harmless: the header counts
    // whole rows only.
    const int cause = errno;
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path_, ignored)) {
      std::filesystem::resize_file(
          path_, header().size() + static_cast<std::uint64_t>(rows_) * row_bytes(), ignored);
    }
    errno = cause;
    check();
  }
  rows_ += static_cast<std::int64_t>(values.size_bytes() / row_bytes());
  write_header();
}

void NpyWriter::close() {
  if (!file_.is_open()) return;
  errno = 0;
  file_.close();
  check();
}

void NpyWriter::check() const {
  if (!file_) throw FormatError(path_, std::string("cannot be written: ") + std::strerror(errno));
}

/// Overwrites the header with the current number of rows and moves to the end of the file. The
/// header has the same length for any number of rows.
void NpyWriter::write_header() {
  check();
  errno = 0;
  const std::string text = header();
  file_.seekp(0);
  file_.write(text.data(), static_cast<std::streamsize>(text.size()));
  file_.seekp(0, std::ios::end);
  file_.flush();
  check();
}

std::string NpyWriter::header() const {
  std::vector<std::int64_t> dims{std::numeric_limits<std::int64_t>::max()};
  dims.insert(dims.end(), row_.dims().begin(), row_.dims().end());
  const std::size_t room = npy::make_header(Shape(dims)).size();
  dims[0] = rows_;
  return npy::frame_header(npy::make_header(Shape(dims)), room);
}

std::uint64_t NpyWriter::row_bytes() const {
  return static_cast<std::uint64_t>(row_.elements()) * sizeof(float);
}

}  // namespace gfnet
