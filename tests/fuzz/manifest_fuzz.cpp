// The zoo's manifest.
#include "checkpoint/model_zoo.h"
#include "fuzz_input.h"
#include "gfnet/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    gfnet::checkpoint::read_zoo(gfnet::test::text_of(data, size));
  } catch (const gfnet::Error&) {
  }
  return 0;
}
