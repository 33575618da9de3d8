#include "system/unique_file.h"

#include <fcntl.h>
#include <io.h>

#include <cerrno>
#include <cstdint>
#include <random>

#include "system/windows/api.h"

namespace gfnet::system {
namespace {

int make(const std::filesystem::path& start, std::filesystem::path& path, DWORD flags) {
  constexpr std::wstring_view kLetters = L"abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr int kMostTries = 1000;
  std::random_device random;
  for (int i = 0; i < kMostTries; ++i) {
    std::wstring name = start.native();
    for (int letter = 0; letter < 6; ++letter) name += kLetters[random() % kLetters.size()];
    path = name;
    const HANDLE handle = ::CreateFileW(native(path).c_str(), GENERIC_READ | GENERIC_WRITE | DELETE,
                                        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                        nullptr, CREATE_NEW, flags, nullptr);
    if (handle != INVALID_HANDLE_VALUE) {
      return ::_open_osfhandle(reinterpret_cast<std::intptr_t>(handle), _O_BINARY);
    }
    if (fail_with_last_error(); errno != EEXIST) return -1;
  }
  return -1;
}

}  // namespace

int make_unique_file(const std::filesystem::path& start, std::filesystem::path& path) {
  return make(start, path, FILE_ATTRIBUTE_NORMAL);
}

int make_passing_file(const std::filesystem::path& start, std::filesystem::path& path) {
  return make(start, path, FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE);
}

}  // namespace gfnet::system
