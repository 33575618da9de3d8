#include "sorting/sorted_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "command_line/usage_error.h"
#include "sorting/file_move.h"
#include "sorting/folder_names.h"
#include "system/file_names.h"
#include "system/paths.h"

namespace app {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 255;  // bytes, on most file systems

bool lies_in(const fs::path& inner, const fs::path& outer) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

/// Whether the path names a regular file, or a link to one. False for stdin and other open files of
/// the process: /dev/stdin, /proc/self/fd/3.
bool is_file_of_its_own(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || lies_in(path, "/proc")) return false;
  return !lies_in(fs::read_symlink(path, error), "/proc");
}

/// The folder and those above it, from the inside out, that do not exist.
std::vector<fs::path> missing_folders(fs::path folder) {
  std::vector<fs::path> missing;
  std::error_code ignored;
  for (; folder.has_relative_path() && !fs::exists(folder, ignored);
       folder = folder.parent_path()) {
    missing.push_back(folder);
  }
  return missing;
}

/// FNV-1a, as 16 hexadecimal digits.
std::string digest(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return fmt::format("{:016x}", hash);
}

/// The name of a file that is the `attempt`-th to try, from 0. First its own name, then with a
/// digest of its path before the ending: "a-3f0c….jpg". More are needed only if two paths have the
/// same digest.
std::string name_to_try(const fs::path& source, int attempt) {
  if (attempt == 0) return text_of(source.filename());
  std::string addition = "-" + digest(text_of(source));
  if (attempt > 1) addition += fmt::format("-{}", attempt);
  addition += text_of(source.extension());
  std::string stem = text_of(source.stem());
  if (stem.size() + addition.size() > kLongestName) {
    std::size_t end = kLongestName - std::min(kLongestName, addition.size());
    while (end > 0 && (static_cast<unsigned char>(stem[end]) & 0xC0u) == 0x80u) --end;
    stem.resize(end);
  }
  return stem + addition;
}

}  // namespace

void SortingOptions::check_usage(const std::vector<std::string>& paths) const {
  if (!link_to.empty() && !move_to.empty()) {
    throw UsageError("classify: --link-to and --move-to exclude each other");
  }
  if (!is_wanted()) {
    if (threshold) throw UsageError("classify: --threshold needs --link-to or --move-to");
    return;
  }
  std::error_code error;
  const fs::path target = fs::weakly_canonical(path_of(folder()), error);
  for (const std::string& path : paths) {
    if (path == "-" || !fs::is_directory(path_of(path), error)) continue;
    if (lies_in(target, fs::canonical(path_of(path), error))) {
      throw UsageError(fmt::format(
          "classify: '{}' lies in '{}', where images are searched; name a folder outside of it",
          folder(), path));
    }
  }
}

SortedFolders::SortedFolders(const SortingOptions& options, const gfnet::Model& model,
                             LinkedInputs linked)
    : options_(options),
      linked_(std::move(linked)),
      folder_(fs::absolute(path_of(options.folder()))),
      missing_(missing_folders(folder_)),
      names_(folder_names(model)),
      journal_(folder_) {
  names_.emplace_back(kUnsure);
  folders_.resize(names_.size());
  is_new_.resize(names_.size());
}

std::size_t SortedFolders::index_of(const gfnet::Prediction& best) const {
  // A probability that is not a number is not sure either.
  const bool is_sure = !options_.threshold || best.probability >= *options_.threshold;
  return is_sure ? static_cast<std::size_t>(best.index) : names_.size() - 1;
}

const fs::path& SortedFolders::make_folder(std::size_t index) {
  fs::path& folder = folders_[index];
  if (folder.empty()) {
    const fs::path made = folder_ / path_of(names_[index]);
    std::error_code error;
    is_new_[index] = fs::create_directories(made, error);
    if (!error) folder = fs::canonical(made, error);
    if (error) {
      remove_empty();
      throw gfnet::FormatError(made, "cannot be made: " + error.message());
    }
  }
  return folder;
}

void SortedFolders::remove_if_unused(std::size_t index) {
  if (!is_new_[index] || gfnet::system::remove_empty_folder(folders_[index]) != 0) return;
  folders_[index].clear();
  remove_empty();
}

void SortedFolders::remove_empty() const {
  for (const fs::path& folder : missing_) gfnet::system::remove_empty_folder(folder);
}

int SortedFolders::place_as(const fs::path& source, const fs::path& target) {
  if (source == target) return 0;
  return options_.moves() ? move_file(source, target, journal_) : make_link(source, target);
}

std::string SortedFolders::place(const std::string& path, const gfnet::Prediction& best) {
  std::error_code error;
  // A link is sorted like a file.
  const fs::path source = entry_of(path_of(path), error);
  if (error) return "is not sorted: " + error.message();
  if (!fs::exists(fs::symlink_status(source, error))) return "is not sorted: it is gone";
  if (!fs::exists(source, error)) return "is not sorted: it is a link to a file that is gone";
  if (!is_file_of_its_own(source)) return "is not sorted: not a file of its own";
  const std::size_t index = index_of(best);
  const fs::path& folder = make_folder(index);
  const bool is_there = source.parent_path() == folder;
  if (const std::string cause = is_there ? "" : linked_.cause_to_stay(source); !cause.empty()) {
    remove_if_unused(index);
    return "is not moved: " + cause;
  }
  int failed = EEXIST;
  fs::path target;
  for (int attempt = 0; failed == EEXIST; ++attempt) {
    target = folder / path_of(name_to_try(source, attempt));
    failed = place_as(source, target);
  }
  if (failed == 0) return "";
  const std::string cause =
      fmt::format("cannot be {} to '{}': {}", options_.moves() ? "moved" : "linked",
                  text_of(target), std::strerror(failed));
  remove_if_unused(index);
  if (concerns_all_files(failed)) throw gfnet::FormatError(path_of(path), cause);
  return cause;
}

}  // namespace app
