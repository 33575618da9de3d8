// Checkpoints from bytes in memory.
#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

#include "checkpoint/checkpoint.h"
#include "gfnet/error.h"
#include "support/random.h"
#include "support/read_checkpoint.h"
#include "support/reference_files.h"
#include "writers.h"

using namespace gfnet;
using namespace gfnet::test;
using checkpoint::Checkpoint;

namespace {

/// Reads the bytes from a block of memory that is overwritten and freed before this returns.
Checkpoint read_and_free(std::string_view bytes, const std::string& name = "block") {
  std::vector<char> block(bytes.begin(), bytes.end());
  Checkpoint checkpoint = read_checkpoint(std::as_bytes(std::span(block)), name);
  std::ranges::fill(block, '\xAA');
  return checkpoint;
}

/// Bytes of memory that the checkpoint's tensors reach, those that tensors share counted once.
std::size_t reached_bytes(const Checkpoint& checkpoint) {
  std::set<const std::byte*> reached;
  for (const checkpoint::TensorView& tensor : checkpoint.tensors()) {
    for (const std::byte& byte : tensor.bytes) reached.insert(&byte);
  }
  return reached.size();
}

}  // namespace

TEST_CASE("every form reads from memory, which may be freed afterwards") {
  Random random;
  CAPTURE(random.seed());
  std::vector<SavedTensor> tensors;
  std::map<std::string, std::vector<float>> expected;
  std::string header = R"({"__metadata__":{"k":"v"})";
  std::string data;
  for (int i = 0; i < 8; ++i) {
    const std::string name = "t" + std::to_string(i);
    // The first is empty.
    const std::int64_t rows = i == 0 ? 0 : random.integer(1, 30);
    const std::int64_t columns = random.integer(1, 30);
    const std::vector<float> values = random.normal(rows * columns);
    tensors.push_back(float_tensor(name, values, {rows, columns}));
    expected[name] = values;
    header += ",\"" + name + R"(":{"dtype":"F32","shape":[)" + std::to_string(rows) + "," +
              std::to_string(columns) + R"(],"data_offsets":[)" + std::to_string(data.size()) +
              "," + std::to_string(data.size() + tensors.back().data.size()) + "]}";
    data += tensors.back().data;
  }
  header += "}";
  const std::string object = pickled_state_dict(tensors);
  const std::vector<std::pair<std::string, std::string>> forms = {
      {"PyTorch zip", torch_zip(object, tensors)},
      {"PyTorch zip", torch_zip(object, tensors, true)},
      {"PyTorch legacy", torch_legacy(object, tensors)},
      {"safetensors", safetensors(header, data)}};
  for (const auto& [format, bytes] : forms) {
    CAPTURE(format);
    const Checkpoint checkpoint = read_and_free(bytes, "a name");
    CHECK(checkpoint.format() == format);
    CHECK(checkpoint.path() == "a name");
    CHECK(checkpoint.metadata().size() == (format == "safetensors" ? 1 : 0));
    REQUIRE(checkpoint.tensors().size() == expected.size());
    for (const auto& [name, values] : expected) CHECK(checkpoint.at(name).to_f32() == values);
    // The copy keeps the tensors, not the file around them.
    CHECK(reached_bytes(checkpoint) == data.size());
  }
}

TEST_CASE("tensors that overlap in the file still share memory after it was copied") {
  Random random;
  CAPTURE(random.seed());
  const std::vector<float> numbers = random.normal(1000);
  const SavedTensor whole = float_tensor("whole", numbers, {1000});
  // Views of one storage: opcodes that name the same key.
  struct View {
    std::string name;
    std::int64_t offset, length, stride;
  };
  std::vector<View> views;
  for (int i = 0; i < 20; ++i) {
    const std::int64_t stride = random.integer(0, 9);
    const std::int64_t length = random.integer(1, 50);
    const std::int64_t offset = random.integer(100, 899 - (length - 1) * stride);
    views.push_back({"v" + std::to_string(i), offset, length, stride});
  }
  std::string object = "}(";
  std::vector<bool> reached(1000);
  for (const View& view : views) {
    SavedTensor tensor = whole;
    tensor.shape = {view.length};
    tensor.strides = {view.stride};
    tensor.offset = view.offset;
    object += pickled(view.name) + pickled_tensor(tensor, "0");
    const std::int64_t last = view.offset + (view.length - 1) * view.stride;
    for (std::int64_t i = view.offset; i <= last; ++i) reached[static_cast<std::size_t>(i)] = true;
  }
  object += "u";
  const Checkpoint checkpoint = read_and_free(torch_zip(object, {whole}));
  for (const View& view : views) {
    CAPTURE(view.name);
    std::vector<float> expected;
    for (std::int64_t i = 0; i < view.length; ++i) {
      expected.push_back(numbers[static_cast<std::size_t>(view.offset + i * view.stride)]);
    }
    CHECK(checkpoint.at(view.name).to_f32() == expected);
  }
  const auto count = static_cast<std::size_t>(std::ranges::count(reached, true));
  CHECK(reached_bytes(checkpoint) == 4 * count);
}

TEST_CASE("every reference checkpoint reads from memory as from its file") {
  for (const char* name : kReferenceCases) {
    CAPTURE(name);
    const std::filesystem::path path = reference_file(std::string(name) + ".pth");
    std::ifstream file(path, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    const Checkpoint copied = read_and_free(bytes);
    const Checkpoint mapped = read_checkpoint(path);
    CHECK(copied.format() == mapped.format());
    REQUIRE(copied.tensors().size() == mapped.tensors().size());
    for (std::size_t i = 0; i < copied.tensors().size(); ++i) {
      const checkpoint::TensorView& a = copied.tensors()[i];
      const checkpoint::TensorView& b = mapped.tensors()[i];
      CAPTURE(b.name);
      CHECK(a.name == b.name);
      CHECK(a.dtype == b.dtype);
      CHECK(a.shape == b.shape);
      CHECK(a.to_f32() == b.to_f32());
    }
  }
}

TEST_CASE("errors of bytes in memory name them") {
  CHECK_THROWS_WITH_AS(read_checkpoint({}, "weights in memory"),
                       "weights in memory: the file is empty", FormatError);
  const std::string text = "neither form";
  CHECK_THROWS_WITH_AS(read_checkpoint(std::as_bytes(std::span(text)), "N\n"),
                       "N\\x0a: is neither a PyTorch nor a safetensors file, or it is truncated",
                       FormatError);
}
