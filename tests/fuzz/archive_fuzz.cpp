// The members of an archive, and their bytes.
#include <utility>

#include "fuzz_input.h"
#include "inputs/archives/archive_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gfnet::test::InputFile file(data, size);
  app::ArchiveWalk archive(file.path());
  while (auto input = archive.next()) {
    if (input->fetch) std::exchange(input->fetch, nullptr)(*input);
  }
  return 0;
}
