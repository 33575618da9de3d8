#include "system/file_names.h"
#include "system/windows/api.h"

namespace gfnet::system {

int rename_unless_taken(const std::filesystem::path& source, const std::filesystem::path& target) {
  if (::MoveFileExW(native(source).c_str(), native(target).c_str(), MOVEFILE_WRITE_THROUGH)) {
    return 0;
  }
  return errno_of(::GetLastError());
}

}  // namespace gfnet::system
