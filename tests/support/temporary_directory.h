#pragma once

#include <filesystem>
#include <random>
#include <string>

namespace gfnet::test {

/// The path of a directory that nothing else uses. The directory is not created here; it is removed
/// with its contents at the end of this object's life.
class TemporaryDirectory {
 public:
  TemporaryDirectory()
      : path_(std::filesystem::temp_directory_path() /
              ("gfnet-test-" + std::to_string(std::random_device()()))) {}
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace gfnet::test
