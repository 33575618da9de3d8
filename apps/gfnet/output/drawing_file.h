#pragma once

#include <gfnet/image.h>

#include <string>

#include "output/replaced_file.h"

namespace app {

/// The PNG file for a drawing, and the place for the table that goes with it.
class DrawingFile {
 public:
  /// path: the file, or "-" for stdout. Throws UsageError if the name is that of another image
  /// format, gfnet::FormatError if the file cannot be written.
  explicit DrawingFile(const std::string& path);

  /// The path of the file; empty for stdout.
  const std::string& path() const { return path_; }
  /// Writes the drawing in place of the file's old content, then writes the table to stdout; to
  /// stderr if the drawing goes to stdout. Throws gfnet::FormatError.
  void write(const gfnet::Image& drawing, const std::string& table) const;

 private:
  std::string path_;
  ReplacedFile file_;
};

}  // namespace app
