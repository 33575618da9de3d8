#include "checkpoint/labels.h"

#include <fmt/format.h>

#include <string_view>

#include "base/utf8.h"
#include "checkpoint/file_bytes.h"
#include "gfnet/error.h"

namespace gfnet::checkpoint {

std::vector<std::string> read_labels(const std::filesystem::path& path) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 26;
  const std::shared_ptr<FileBytes> file = FileBytes::open(path);
  if (file->size() > kMostBytes) {
    throw FormatError(path,
                      fmt::format("is larger than {} MiB: no list of labels", kMostBytes >> 20));
  }
  const std::span<const std::byte> bytes = file->read(0, file->size());
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
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
