#include "checkpoint/labels.h"

#include <fmt/format.h>

#include <string_view>

#include "base/utf8.h"
#include "checkpoint/mapped_file.h"
#include "gfnet/error.h"

namespace gfnet::checkpoint {

std::vector<std::string> read_labels(const std::filesystem::path& path) {
  const MappedFile file(path);
  std::string_view rest(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  if (constexpr std::string_view kMark = "\xEF\xBB\xBF"; rest.starts_with(kMark)) {
    rest.remove_prefix(kMark.size());
  }
  constexpr std::size_t kMost = std::size_t{1} << 20;
  std::vector<std::string> labels;
  while (!rest.empty()) {
    if (labels.size() == kMost) {
      throw FormatError(path, fmt::format("holds more than {} lines", kMost));
    }
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_utf8(line) || line.find('\0') != std::string_view::npos) {
      throw FormatError(path, fmt::format("line {} is not UTF-8 text", labels.size() + 1));
    }
    labels.emplace_back(line);
  }
  while (!labels.empty() && labels.back().empty()) labels.pop_back();
  if (labels.empty()) throw FormatError(path, "holds no label");
  return labels;
}

}  // namespace gfnet::checkpoint
