#include "output/drawing_file.h"

#include <fmt/format.h>
#include <gfnet/text.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include "command_line/options.h"
#include "command_line/usage_error.h"
#include "system/paths.h"

namespace app {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

/// Names of other formats that programs choose by the name of a file.
constexpr std::array<std::string_view, 23> kOtherFormats{
    ".jpg",  ".jpeg", ".jpe",  ".jfif", ".webp", ".gif", ".bmp", ".tif",
    ".tiff", ".avif", ".heic", ".heif", ".jxl",  ".jp2", ".tga", ".psd",
    ".ppm",  ".pgm",  ".pnm",  ".svg",  ".pdf",  ".eps", ".ico"};

/// Returns the path; empty for stdout.
std::string checked(const std::string& path) {
  const std::string extension = gfnet::lower_case(text_of(path_of(path).extension()));
  if (std::ranges::find(kOtherFormats, extension) != kOtherFormats.end()) {
    throw UsageError(
        fmt::format("'{}': drawings are written as PNG only; give a name that ends in .png", path));
  }
  return path == kStdout ? "" : path;
}

}  // namespace

DrawingFile::DrawingFile(const std::string& path) : path_(checked(path)), file_(path_) {}

void DrawingFile::write(const gfnet::Image& drawing, const std::string& table) const {
  file_.write(gfnet::encode_png(drawing));
  std::fputs(table.c_str(), file_.is_stdout() ? stderr : stdout);
}

}  // namespace app
