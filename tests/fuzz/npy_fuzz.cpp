// A .npy file.
#include <cstdlib>

#include "fuzz_input.h"
#include "gfnet/error.h"
#include "gfnet/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gfnet::test::InputFile file(data, size);
  try {
    const gfnet::NpyArray array = gfnet::read_npy(file.path());
    if (array.values.size() != static_cast<std::size_t>(array.shape.elements())) std::abort();
  } catch (const gfnet::Error&) {
  }
  return 0;
}
