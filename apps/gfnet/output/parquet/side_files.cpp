#include "output/parquet/side_files.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "command_line/usage_error.h"
#include "output/result_format.h"
#include "system/paths.h"

namespace app {
namespace {

using gfnet::system::path_of;

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = std::size_t{1} << 26;  // of a row, as for --resume

/// The first line of the file, with its line feed, if it has one. At most kMostBytes.
std::string first_line(const std::string& path) {
  std::ifstream file(path_of(path), std::ios::binary);
  std::string line;
  char piece[1 << 12];
  while (line.size() < kMostBytes && file) {
    file.read(piece, sizeof piece);
    const std::string_view read(piece, static_cast<std::size_t>(file.gcount()));
    const std::size_t end = read.find('\n');
    line += read.substr(0, end == std::string_view::npos ? end : end + 1);
    if (end != std::string_view::npos) break;
  }
  return line;
}

/// Whether the text is a row with its line feed, or the beginning of one.
bool is_row(const std::string& text) {
  const std::string start = make_json_lines_format(/*with_synsets=*/false)->file_start();
  if (text.ends_with('\n')) return text.starts_with(start) && parse_json_line(text).has_value();
  return text.starts_with(start) || start.starts_with(text);
}

[[noreturn]] void refuse_foreign(const std::string& path) {
  throw UsageError(fmt::format(
      "'{}' exists and was not made by gfnet; a run would overwrite it to write Parquet: rename "
      "it, or give --output another name",
      path));
}

/// Whether there is a file that is not empty. Throws UsageError if it is no regular file.
bool has_content(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path_of(path), error);
  if (!fs::exists(status)) return false;
  if (!fs::is_regular_file(status)) refuse_foreign(path);
  return fs::file_size(path_of(path), error) > 0;
}

}  // namespace

std::string journal_of(const std::string& path) { return path + ".rows.jsonl"; }

std::string unfinished(const std::string& path) { return path + ".unfinished"; }

void check_left_journal(const std::string& journal) {
  if (has_content(journal) && !is_row(first_line(journal))) refuse_foreign(journal);
}

void check_left_parquet(const std::string& file) {
  constexpr std::string_view kStart = "PAR1";
  if (!has_content(file)) return;
  const std::string line = first_line(file);
  if (!line.starts_with(kStart) && !kStart.starts_with(line)) refuse_foreign(file);
}

}  // namespace app
