#include "output/report_file.h"

#include <gfnet/error.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

namespace app {

namespace fs = std::filesystem;

ReportFile::ReportFile(fs::path path) : path_(std::move(path)) {
  if (path_.empty()) return;
  std::error_code ignored;
  is_new_ = !fs::exists(path_, ignored);
  if (!std::ofstream(path_, std::ios::binary | std::ios::app)) {
    is_new_ = false;
    fail();
  }
}

ReportFile::~ReportFile() {
  std::error_code ignored;
  if (is_new_) fs::remove(path_, ignored);
}

void ReportFile::write(const std::string& text) {
  if (path_.empty()) {
    std::fputs(text.c_str(), stdout);
    return;
  }
  is_new_ = false;
  std::ofstream file(path_, std::ios::binary);
  file << text;
  file.close();
  if (!file) fail();
}

void ReportFile::fail() const {
  throw gfnet::FormatError(path_, std::string("cannot be written: ") + std::strerror(errno));
}

}  // namespace app
