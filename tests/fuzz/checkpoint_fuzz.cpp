// A checkpoint in any form: PyTorch zip, PyTorch legacy, safetensors. Then the network in it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "checkpoint/checkpoint_file.h"
#include "fuzz_input.h"
#include "gfnet/error.h"
#include "gfnet/model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = gfnet::test::bytes_of(data, size);
  try {
    auto file = gfnet::checkpoint::open_checkpoint(bytes, "fuzz");
    std::vector<gfnet::checkpoint::CheckpointFile::Wanted> wanted;
    for (const auto& dictionary : file.dictionaries()) {
      for (const auto& entry : dictionary.entries) {
        if (!file.objects().is_tensor(entry.object)) continue;
        wanted.push_back({entry.object, std::to_string(wanted.size())});
      }
    }
    const auto checkpoint = file.read(wanted);
    for (const auto& tensor : checkpoint.tensors()) {
      const auto elements = static_cast<std::uint64_t>(tensor.shape.elements());
      if (tensor.to_f32().size() != elements) std::abort();
    }
    const gfnet::Model model = gfnet::Model::load(bytes, "fuzz");
    if (model.description().classes < 0) std::abort();
  } catch (const gfnet::Error&) {
  }
  return 0;
}
