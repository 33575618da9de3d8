#include "inputs/folder_walk.h"

#include <gfnet/text.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

#include "inputs/archives/archive_names.h"
#include "system/folder_entries.h"
#include "system/paths.h"

namespace app {

using gfnet::system::FolderEntry;
using gfnet::system::path_of;
using gfnet::system::text_of;

bool bears_image_name(const std::filesystem::path& path) {
  static constexpr std::array<const char*, 24> kExtensions{
      ".jpg", ".jpeg", ".jpe",  ".jfif",  ".png",  ".apng", ".bmp", ".dib",
      ".gif", ".tga",  ".psd",  ".pbm",   ".pgm",  ".ppm",  ".pnm", ".webp",
      ".tif", ".tiff", ".avif", ".avifs", ".heic", ".heif", ".hif", ".jxl"};
  // macOS keeps a file's attributes in a file of that name with "._" before it, in archives too.
  if (text_of(path.filename()).starts_with("._")) return false;
  return std::ranges::find(kExtensions, gfnet::lower_case(text_of(path.extension()))) !=
         kExtensions.end();
}

bool is_hidden_folder(const std::string& name) {
  // Of macOS's and Windows' archivers and disks, Linux's file systems, Python, Synology's servers.
  static constexpr std::array<std::string_view, 6> kKnown{
      "__MACOSX",   "$RECYCLE.BIN", "System Volume Information",
      "lost+found", "__pycache__",  "@eaDir"};
  return name.starts_with('.') || std::ranges::find(kKnown, name) != kKnown.end();
}

namespace {

namespace fs = std::filesystem;

constexpr char kFolder = 'd';
constexpr char kImage = 'i';

/// kFolder, kImage, or 0 for an entry that is skipped.
char kind_of(const FolderEntry& entry) {
  using Kind = gfnet::system::FileFacts::Kind;
  if (entry.kind == Kind::kFolder) return kFolder;
  if (!bears_image_name(entry.path)) return 0;
  if (entry.kind != Kind::kLink) return entry.kind == Kind::kRegular ? kImage : 0;
  // A broken link counts as an image, so that the missing file is reported.
  std::error_code ignored;
  const fs::file_status target = fs::status(entry.path, ignored);
  return !fs::exists(target) || fs::is_regular_file(target) ? kImage : 0;
}

}  // namespace

void FolderWalk::enter(const std::string& folder) {
  Level level;
  level.folder = folder;
  const auto take = [this, &level](const FolderEntry& entry) {
    const char kind = kind_of(entry);
    const std::string name = text_of(entry.path.filename());
    if (kind == 0 ||
        (kind == kFolder && hidden_ == HiddenFolders::kPassedOver && is_hidden_folder(name))) {
      ++passed_over_;
      if (bears_archive_name(entry.path)) ++archives_;
      return;
    }
    level.names += kind;
    level.starts.push_back(level.names.size());
    level.names += name;
    level.names += '\0';
  };
  const std::error_code error = gfnet::system::for_each_entry(path_of(folder), take);
  if (error) failure_ = Input{folder, error.message()};
  const char* const names = level.names.c_str();
  std::ranges::sort(level.starts, {},
                    [names](std::size_t start) { return std::string_view(names + start); });
  levels_.push_back(std::move(level));
}

std::optional<Input> FolderWalk::next() {
  for (;;) {
    if (failure_) return std::exchange(failure_, std::nullopt);
    if (levels_.empty()) return std::nullopt;
    Level& level = levels_.back();
    if (level.next == level.starts.size()) {
      levels_.pop_back();
      continue;
    }
    const std::size_t start = level.starts[level.next++];
    const bool has_slash = level.folder.ends_with('/');
    std::string path = level.folder + (has_slash ? "" : "/") + (level.names.c_str() + start);
    if (level.names[start - 1] == kImage) return Input{std::move(path), ""};
    enter(path);
  }
}

}  // namespace app
