#pragma once

#include <cstdlib>
#include <filesystem>

namespace gfnet::test {

/// The folder with the files that tests read: the repository that the test program was built from,
/// or the one in GFNET_TEST_REPOSITORY, for a program that was moved to another machine.
inline std::filesystem::path repository() {
  const char* moved = std::getenv("GFNET_TEST_REPOSITORY");
  return moved != nullptr ? moved : GFNET_REPOSITORY;
}

}  // namespace gfnet::test
