#include "output/array_file.h"

#include <gfnet/error.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "system/descriptor.h"
#include "system/file.h"
#include "system/paths.h"

namespace app {
namespace {

using gfnet::system::path_of;

/// Whether the path is a file that holds something.
bool is_filled(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path_of(path), error);
  return !error && bytes > 0;
}

/// Throws gfnet::FormatError if the existing file cannot be opened for writing.
void check_can_be_written(const std::string& path) {
  const gfnet::system::Descriptor file(
      gfnet::system::open_file(path_of(path), gfnet::system::Opening::kWrite));
  if (file.get() < 0) {
    throw gfnet::FormatError(path_of(path),
                             std::string("cannot be written: ") + std::strerror(errno));
  }
}

}  // namespace

ArrayFile::ArrayFile(std::string path, gfnet::Shape row, std::uint64_t prior_rows)
    : path_(std::move(path)), row_(std::move(row)) {
  if (prior_rows > 0) {
    writer_ =
        std::make_unique<gfnet::NpyWriter>(path_, row_, static_cast<std::int64_t>(prior_rows));
  } else if (is_filled(path_)) {
    check_can_be_written(path_);
  } else {
    begin();
  }
}

void ArrayFile::begin() {
  if (!writer_) writer_ = std::make_unique<gfnet::NpyWriter>(path_, row_);
}

void ArrayFile::close() {
  if (writer_) writer_->close();
}

}  // namespace app
