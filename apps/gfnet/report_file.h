#pragma once

#include <filesystem>
#include <string>

namespace app {

/// Where a report goes that takes its time to be made: a file, or stdout. That it can be written is
/// found out before; what the file holds stays until there is a report.
class ReportFile {
 public:
  /// path: empty for stdout. Throws gfnet::FormatError if the file cannot be written.
  explicit ReportFile(std::filesystem::path path);
  ~ReportFile();
  ReportFile(const ReportFile&) = delete;
  ReportFile& operator=(const ReportFile&) = delete;

  /// Once. Throws gfnet::FormatError.
  void write(const std::string& text);

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  /// Whether it was made here and holds nothing.
  bool is_new_ = false;
};

}  // namespace app
