#include "system/file_sync.h"

#include <cerrno>

#include "system/descriptor.h"
#include "system/file.h"

namespace gfnet::system {

int sync_file(const std::filesystem::path& path) {
  const Descriptor file(open_file(path, Opening::kWrite));  // Windows needs the right to write
  return file.get() < 0 ? errno : sync_file(file.get());
}

int sync_folder(const std::filesystem::path&) { return 0; }  // NTFS has a journal of names

}  // namespace gfnet::system
