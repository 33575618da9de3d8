// A file of class names.
#include <cstdlib>

#include "checkpoint/labels.h"
#include "fuzz_input.h"
#include "gfnet/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gfnet::test::InputFile file(data, size);
  try {
    if (gfnet::checkpoint::read_labels(file.path()).empty()) std::abort();
  } catch (const gfnet::Error&) {
  }
  return 0;
}
