// A list of paths on stdin.
#include <cstdlib>

#include "fuzz_input.h"
#include "inputs/path_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const gfnet::test::InputFile file(data, size);
  app::PathList list(file.descriptor(), "list");
  std::size_t total = 0;
  while (const auto input = list.next()) {
    if (input->path.empty()) std::abort();
    total += input->path.size();
    if (total > size + 4) std::abort();  // the list's own name, in a failure
  }
  return 0;
}
