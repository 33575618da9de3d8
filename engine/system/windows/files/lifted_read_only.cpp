#include "system/windows/files/lifted_read_only.h"

namespace gfnet::system {

LiftedReadOnly::LiftedReadOnly(const std::filesystem::path& path)
    : file_(::CreateFileW(native(path).c_str(), FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES,
                          FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                          OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, nullptr)) {
  FILE_BASIC_INFO facts{};
  if (file_ == INVALID_HANDLE_VALUE ||
      !::GetFileInformationByHandleEx(file_, FileBasicInfo, &facts, sizeof facts)) {
    return;
  }
  attributes_ = facts.FileAttributes;
  is_lifted_ = (attributes_ & FILE_ATTRIBUTE_READONLY) != 0 &&
               set_attributes(attributes_ & ~DWORD{FILE_ATTRIBUTE_READONLY});
}

LiftedReadOnly::~LiftedReadOnly() {
  if (is_lifted_) set_attributes(attributes_);
  if (file_ != INVALID_HANDLE_VALUE) ::CloseHandle(file_);
}

bool LiftedReadOnly::set_attributes(DWORD attributes) const {
  FILE_BASIC_INFO facts{};  // what is 0 stays as it is
  facts.FileAttributes = attributes != 0 ? attributes : DWORD{FILE_ATTRIBUTE_NORMAL};
  return ::SetFileInformationByHandle(file_, FileBasicInfo, &facts, sizeof facts) != 0;
}

}  // namespace gfnet::system
