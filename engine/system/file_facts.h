#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace gfnet::system {

/// What makes a file the same file under all of its names.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t file = 0;

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

struct FileFacts {
  enum class Kind { kRegular, kFolder, kLink, kOther };
  Kind kind = Kind::kOther;
  std::uint64_t bytes = 0;
  /// How many names the file has. 0 if it was removed while it is open.
  std::uint64_t names = 0;
  FileIdentity identity;

  bool is_regular() const { return kind == Kind::kRegular; }
};

// Nothing if the file cannot be asked: then errno says why. ENOTDIR if the path leads through a
// file as if this were a folder.

/// Follows links.
std::optional<FileFacts> facts_of(const std::filesystem::path& path);
/// Of the entry itself, even if it is a link.
std::optional<FileFacts> facts_of_entry(const std::filesystem::path& path);
std::optional<FileFacts> facts_of(int file);

/// Path of an open file. Nothing if the system does not say.
std::optional<std::filesystem::path> path_of_open_file(int file);
/// Whether all that is written to an open file goes to its end.
bool is_appended(int file);

}  // namespace gfnet::system
