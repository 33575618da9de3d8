#include "system/folder_entries.h"

namespace gfnet::system {
namespace {

namespace fs = std::filesystem;

FileFacts::Kind kind_of(const fs::directory_entry& entry) {
  std::error_code ignored;
  switch (entry.symlink_status(ignored).type()) {
    case fs::file_type::regular:
      return FileFacts::Kind::kRegular;
    case fs::file_type::directory:
      return FileFacts::Kind::kFolder;
    case fs::file_type::symlink:
      return FileFacts::Kind::kLink;
    default:
      return FileFacts::Kind::kOther;
  }
}

}  // namespace

std::error_code for_each_entry(const fs::path& folder,
                               const std::function<void(const FolderEntry&)>& take) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    take({entry->path(), kind_of(*entry)});
  }
  return error;
}

}  // namespace gfnet::system
