#pragma once

#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gfnet::system {

/// Exit status of a process that Ctrl-C ended.
inline constexpr DWORD kEndedByControlC = 0xC000013A;

/// The value of errno for an error of Windows. EIO for one that has none.
int errno_of(DWORD error);
/// Sets errno for the last error of Windows, and returns -1.
int fail_with_last_error();

/// Text in UTF-16. What is no UTF-8 becomes U+FFFD.
std::wstring wide(std::string_view utf8);
std::string narrow(std::wstring_view text);

/// A path as Windows takes it, also one of more than 260 characters.
std::wstring native(const std::filesystem::path& path);
/// The same path as people write it.
std::wstring usual(const std::filesystem::path& path);

/// The handle of an open file; INVALID_HANDLE_VALUE if it is not open.
HANDLE handle_of(int file);

/// One line of text that a program takes apart into these words again.
std::wstring command_line(const std::vector<std::string>& words);

}  // namespace gfnet::system
