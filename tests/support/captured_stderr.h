#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "support/temporary_directory.h"

namespace gfnet::test {

/// Redirects the process's stderr to a temporary file during its lifetime. POSIX only.
class CapturedStderr {
 public:
  CapturedStderr() : before_(dup(STDERR_FILENO)) {
    std::fflush(stderr);
    std::filesystem::create_directories(directory_.path());
    const int file = open(path().c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    REQUIRE(file >= 0);
    dup2(file, STDERR_FILENO);
    close(file);
  }
  ~CapturedStderr() {
    std::fflush(stderr);
    dup2(before_, STDERR_FILENO);
    close(before_);
  }
  CapturedStderr(const CapturedStderr&) = delete;
  CapturedStderr& operator=(const CapturedStderr&) = delete;

  std::string text() const {
    std::fflush(stderr);
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path path() const { return directory_.path() / "stderr"; }

  TemporaryDirectory directory_;
  int before_;
};

}  // namespace gfnet::test
