#include "system/file_copy.h"

#include <io.h>

#include <cerrno>

#include "system/file_sync.h"
#include "system/windows/api.h"
#include "system/windows/files/lifted_read_only.h"

namespace gfnet::system {

int copy_to_new_file(const std::filesystem::path& source, const std::filesystem::path& target) {
  if (!::CopyFileExW(native(source).c_str(), native(target).c_str(), nullptr, nullptr, nullptr,
                     COPY_FILE_FAIL_IF_EXISTS | COPY_FILE_COPY_SYMLINK)) {
    return errno_of(::GetLastError());
  }
  const LiftedReadOnly lifted(target);
  return sync_file(target);
}

int take_permissions(int, const std::filesystem::path&) { return 0; }  // they are the folder's

bool may_write(const std::filesystem::path& path) {
  constexpr int kWrite = 2;
  return ::_waccess(native(path).c_str(), kWrite) == 0;
}

}  // namespace gfnet::system
