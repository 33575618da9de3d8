#include "system/paths.h"
#include "system/program.h"
#include "system/windows/api.h"

namespace gfnet::system {

std::filesystem::path own_path() {
  constexpr std::size_t kLongest = 1 << 15;
  std::wstring path(kLongest, L'\0');
  path.resize(::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return path;
}

std::vector<std::string> own_command(const std::vector<std::string>& words) {
  const std::filesystem::path path = own_path();
  return {path.empty() ? words.front() : text_of(path)};
}

}  // namespace gfnet::system
