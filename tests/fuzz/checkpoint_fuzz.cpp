// A checkpoint in any form: PyTorch zip, PyTorch legacy, safetensors. Then the network in it.
#include <algorithm>
#include <cstdlib>

#include "checkpoint/checkpoint.h"
#include "fuzz_input.h"
#include "gfnet/error.h"
#include "gfnet/model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = gfnet::test::bytes_of(data, size);
  try {
    const auto checkpoint = gfnet::checkpoint::read_checkpoint(bytes, "fuzz");
    for (const auto& tensor : checkpoint.tensors()) {
      // An expanded view may have far more elements than the file; a model never asks for those.
      const auto elements = static_cast<std::uint64_t>(tensor.shape.elements());
      if (elements > 8 * size + 64) continue;
      if (tensor.to_f32().size() != elements) std::abort();
    }
    const gfnet::Model model = gfnet::Model::load(bytes, "fuzz");
    if (model.description().classes < 0) std::abort();
  } catch (const gfnet::Error&) {
  }
  return 0;
}
