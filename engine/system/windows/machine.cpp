#include "system/machine.h"

#include "system/windows/api.h"

namespace gfnet::system {

std::string boot_id() {
  constexpr const wchar_t* kKey =
      L"SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters";
  DWORD count = 0;
  DWORD bytes = sizeof count;
  const auto result = ::RegGetValueW(HKEY_LOCAL_MACHINE, kKey, L"BootId", RRF_RT_REG_DWORD, nullptr,
                                     &count, &bytes);
  return result == ERROR_SUCCESS ? std::to_string(count) : "";
}

}  // namespace gfnet::system
