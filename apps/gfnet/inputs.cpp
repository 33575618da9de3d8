#include "inputs.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <sstream>

namespace app {
namespace {

namespace fs = std::filesystem;

bool bears_picture_name(const fs::path& path) {
  static constexpr std::array<const char*, 12> kExtensions{".jpg", ".jpeg", ".jpe", ".png",
                                                           ".bmp", ".gif",  ".tga", ".psd",
                                                           ".pgm", ".ppm",  ".pnm", ".jfif"};
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::find(kExtensions, extension) != kExtensions.end();
}

/// Entries by name, folders in their place among them, so that all paths come out sorted. Links to
/// folders are not followed, as they may lead in circles.
void collect_folder(const fs::path& folder, Inputs& inputs) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    entries.push_back(*entry);
  }
  if (error) inputs.failures.push_back(folder.string() + ": " + error.message());
  std::ranges::sort(entries);
  for (const fs::directory_entry& entry : entries) {
    std::error_code ignored;
    const bool is_broken_link = entry.is_symlink(ignored) && !entry.exists(ignored);
    if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) {
      collect_folder(entry.path(), inputs);
    } else if (bears_picture_name(entry.path()) &&
               (entry.is_regular_file(ignored) || is_broken_link)) {
      inputs.files.push_back(entry.path().string());
    } else {
      ++inputs.passed_over;
    }
  }
}

void collect_path(const std::string& path, Inputs& inputs) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    inputs.files.push_back(path);
    return;
  }
  const std::size_t found = inputs.files.size() + inputs.failures.size();
  collect_folder(path, inputs);
  if (inputs.files.size() + inputs.failures.size() == found) {
    inputs.failures.push_back(path + ": no pictures in this folder");
  }
}

/// Lines, or what `find -print0` writes if there is a zero byte.
void collect_stdin(Inputs& inputs) {
  std::string text;
  char piece[1 << 16];
  std::size_t count = 0;
  while ((count = std::fread(piece, 1, sizeof piece, stdin)) > 0) text.append(piece, count);
  if (std::ferror(stdin) != 0) {
    inputs.failures.push_back(std::string("stdin: cannot be read: ") + std::strerror(errno));
  }
  const char separator = text.find('\0') == std::string::npos ? '\n' : '\0';
  std::istringstream paths(std::move(text));
  std::string path;
  while (std::getline(paths, path, separator)) {
    if (separator == '\n' && !path.empty() && path.back() == '\r') path.pop_back();
    if (!path.empty()) collect_path(path, inputs);
  }
}

}  // namespace

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  const fs::file_status status = fs::status(a, error);
  if (fs::is_regular_file(status)) return fs::equivalent(a, b, error);
  if (fs::exists(status)) return false;
  return fs::weakly_canonical(a, error) == fs::weakly_canonical(b, error);
}

Inputs collect_inputs(const std::vector<std::string>& paths) {
  Inputs inputs;
  for (const std::string& path : paths) {
    path == "-" ? collect_stdin(inputs) : collect_path(path, inputs);
  }
  return inputs;
}

}  // namespace app
