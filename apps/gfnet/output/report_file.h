#pragma once

#include <filesystem>
#include <string>

namespace app {

/// Destination of a report that takes long to make: a file, or stdout. The constructor checks that
/// the file can be written. The old content of the file stays until write().
class ReportFile {
 public:
  /// path: empty for stdout. Throws gfnet::FormatError if the file cannot be written.
  explicit ReportFile(std::filesystem::path path);
  ~ReportFile();
  ReportFile(const ReportFile&) = delete;
  ReportFile& operator=(const ReportFile&) = delete;

  /// Writes the report in place of the old content. Call write() only once. Throws
  /// gfnet::FormatError.
  void write(const std::string& text);

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  /// True if the constructor created the file and nothing has been written to it yet.
  bool is_new_ = false;
};

}  // namespace app
