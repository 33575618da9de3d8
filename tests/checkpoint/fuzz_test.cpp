#include <doctest/doctest.h>

#include <cstring>
#include <functional>
#include <memory>
#include <random>

#include "checkpoint/checkpoint.h"
#include "gfnet/error.h"
#include "support/read_checkpoint.h"
#include "writers.h"

using namespace gfnet;
using namespace gfnet::test;

namespace {

struct Sample {
  std::string form;
  std::string bytes;
};

/// A small training checkpoint in every form.
std::vector<Sample> samples() {
  std::vector<SavedTensor> tensors = {
      float_tensor("module.a", std::vector<float>(60, 0.25f), {3, 20}),
      {"module.b",
       bytes_of<std::uint16_t>({1, 2, 3, 4, 5, 6}),
       {3, 2},
       {1, 3},
       0,
       "HalfStorage",
       2},
      {"module.c", bytes_of<std::int64_t>({1, 2}), {1}, {1}, 1, "LongStorage", 8}};
  const std::string object = "}(" + pickled("model") + pickled_state_dict(tensors) +
                             pickled("args") + global("argparse", "Namespace") + ")\x81}" +
                             pickled("lr") + "G" + std::string(8, 'x') + "sb" + pickled("epoch") +
                             "K\x05u";
  const std::string header =
      R"({"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[3,20],"data_offsets":[0,240]},)"
      R"("b":{"dtype":"F16","shape":[3,2],"data_offsets":[240,252]}})";
  return {{"zip", torch_zip(object, tensors)},
          {"compressed zip", torch_zip(object, tensors, true)},
          {"legacy", torch_legacy(object, tensors)},
          {"safetensors", safetensors(header, std::string(252, 'x'))}};
}

/// Whether a reader reads a checkpoint, with every element. Only FormatError may be thrown.
bool succeeds(const std::function<checkpoint::Checkpoint()>& read) {
  try {
    const checkpoint::Checkpoint checkpoint = read();
    for (const auto& tensor : checkpoint.tensors()) {
      const auto values = tensor.to_f32();
      CHECK(values.size() == static_cast<std::size_t>(tensor.shape.elements()));
    }
    return true;
  } catch (const FormatError&) {
    return false;
  }
}

/// Whether the bytes read as a checkpoint: as a file, and in a block of memory that holds nothing
/// else and is freed before the elements are read.
bool reads(const std::string& bytes) {
  const TempFile file(bytes);
  const bool result = succeeds([&] { return test::read_checkpoint(file.path()); });
  CHECK(succeeds([&] {
          const auto block = std::make_unique<std::byte[]>(bytes.size());
          std::memcpy(block.get(), bytes.data(), bytes.size());
          return test::read_checkpoint({block.get(), bytes.size()}, "block");
        }) == result);
  return result;
}

}  // namespace

TEST_CASE("a truncated file is refused wherever it ends") {
  for (const Sample& sample : samples()) {
    INFO(sample.form);
    REQUIRE(reads(sample.bytes));
    for (std::size_t size = 0; size < sample.bytes.size();
         size += size + 97 < sample.bytes.size() ? 97 : 1) {
      INFO("cut to " << size << " of " << sample.bytes.size());
      CHECK_FALSE(reads(sample.bytes.substr(0, size)));
    }
  }
}

TEST_CASE("a damaged file reads or is refused") {
  std::mt19937 random(2021);
  for (const Sample& sample : samples()) {
    INFO(sample.form);
    int refused = 0;
    for (int round = 0; round < 600; ++round) {
      std::string bytes = sample.bytes;
      const int damages = 1 + static_cast<int>(random() % 4);
      for (int i = 0; i < damages; ++i) {
        const std::size_t place = random() % bytes.size();
        switch (random() % 4) {
          case 0:
            bytes[place] = static_cast<char>(bytes[place] ^ (1 << random() % 8));
            break;
          case 1:
            bytes[place] = static_cast<char>(random() % 256);
            break;
          case 2:
            bytes.erase(place, 1 + random() % 8);
            break;
          default:
            bytes.insert(place, 1 + random() % 8, static_cast<char>(random() % 256));
            break;
        }
      }
      refused += reads(bytes) ? 0 : 1;
    }
    CHECK(refused > 300);
  }
}

TEST_CASE("a damaged pickle in a sound archive reads or is refused") {
  std::mt19937 random(42);
  const SavedTensor tensor = float_tensor("a", {1, 2, 3, 4, 5, 6}, {2, 3});
  const std::string pickle =
      std::string(kProto2) + pickled_dict("model", pickled_state_dict({tensor})) + ".";
  int refused = 0;
  for (int round = 0; round < 1500; ++round) {
    std::string damaged = pickle;
    for (int i = 0; i < 1 + round % 3; ++i) {
      damaged[random() % damaged.size()] = static_cast<char>(random() % 256);
    }
    refused += reads(zip_file({{"m/data.pkl", damaged}, {"m/data/0", tensor.data}})) ? 0 : 1;
  }
  CHECK(refused > 500);
}
