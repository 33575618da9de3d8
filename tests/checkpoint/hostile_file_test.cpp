// Small files that were made to need much time or memory. Each once took minutes or hundreds of MB.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <ctime>

#include "checkpoint/labels.h"
#include "gfnet/error.h"
#include "gfnet/model.h"
#include "support/read_checkpoint.h"
#include "support/sanitized.h"
#include "writers.h"

using namespace gfnet;
using namespace gfnet::test;

namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

/// A binary string of any length.
std::string long_string(std::size_t size, char filler) {
  return "X" + little(size, 4) + std::string(size, filler);
}

/// Peak memory of this process in MiB. It never falls.
double peak_mib() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Loads the bytes as a model. Checks that this throws FormatError, takes less than 2 seconds, and
/// raises the process's peak memory by less than 256 MiB.
void check_refused_cheaply(const std::string& bytes) {
  REQUIRE(bytes.size() < 1'000'000);
  const double before = peak_mib();
  const std::clock_t start = std::clock();
  CHECK_THROWS_AS(Model::load(std::as_bytes(std::span(bytes)), "hostile"), FormatError);
  // Processor time: what else the machine does has no part in it.
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  constexpr double kSlower = kIsSanitized ? 8 : 1;  // several times the time and the memory
  CHECK(seconds < kSlower * 2);
  CHECK(peak_mib() - before < kSlower * 256);
}

std::string zip_of_pickle(const std::string& object) {
  return zip_file({{"m/data.pkl", std::string(kProto2) + object + ".", true}});
}

}  // namespace

TEST_CASE("one long key for very many entries is not read again for each") {
  const SavedTensor tensor = float_tensor("t", {1}, {1});
  const std::string start = "}(" + pickled("t") + pickled_tensor(tensor, "0");
  // The memo holds the key; each further entry needs three bytes.
  for (const std::size_t size : {std::size_t{25'000'000}, std::size_t{500}}) {
    const std::string key = long_string(size, 'k') + "q\x01";
    check_refused_cheaply(zip_of_pickle(start + key + "N" + repeated("h\x01N", 1'500'000) + "u"));
    // As keys of very many dictionaries.
    check_refused_cheaply(
        zip_of_pickle(start + key + "N" + repeated("h\x01}h\x01}ss", 200'000) + "u"));
  }
}

TEST_CASE("one long storage key for very many storages is refused") {
  const auto storages = [](std::size_t key_size, std::size_t count) {
    return "(" + pickled("storage") + "q\x02" + global("torch", "FloatStorage") + "q\x03" +
           long_string(key_size, 'k') + "q\x01" + "NK\x04tQ" +
           repeated("(h\x02h\x03h\x01NK\x04tQ", count);
  };
  check_refused_cheaply(zip_of_pickle(storages(20'000'000, 200'000)));
  check_refused_cheaply(zip_of_pickle(storages(200, 300'000)));
  check_refused_cheaply(torch_legacy(storages(400'000, 40'000), {}));
  check_refused_cheaply(torch_legacy(storages(200, 60'000), {}));
}

TEST_CASE("millions of opcodes in a few KB of deflate need bounded memory") {
  for (const char* opcode : {"N", "]", "}", ")", "(", "K\x01", "M\x01\x01",
                             "U\x01"
                             "a",
                             "]N\x85", "N2\x86", "}q\x01", "\x8f", "]Na", "}NNs", "C\x01x", "N\x94",
                             "\x88", "G12345678"}) {
    CAPTURE(opcode);
    check_refused_cheaply(zip_of_pickle(repeated(opcode, 5'000'000)));
  }
  check_refused_cheaply(zip_of_pickle("N" + repeated("\x94", 5'000'000)));
  check_refused_cheaply(zip_of_pickle("N" + repeated("2", 5'000'000)));
  // A memo slot far beyond the others.
  check_refused_cheaply(zip_of_pickle(repeated("N", 1000) + "r\xff\xff\xff\x7f"));
  const std::string padding = long_string(60'000'000, 'x');
  check_refused_cheaply(zip_of_pickle(padding + "r\x80\x84\x1e\x00" + "N"));
}

TEST_CASE("millions of tensors of one storage need bounded memory") {
  const SavedTensor tensor = float_tensor("a", {1, 2, 3, 4}, {2, 2});
  const std::string first = pickled_tensor(tensor, "0");
  REQUIRE(first.ends_with("tR"));
  // The arguments' tuple is remembered and the function called with it again and again.
  const std::string again = global("torch._utils", "_rebuild_tensor_v2") + "q\x07" +
                            first.substr(global("torch._utils", "_rebuild_tensor_v2").size());
  const std::string object =
      again.substr(0, again.size() - 1) + "q\x08R" + repeated("0h\x07h\x08R", 2'000'000);
  check_refused_cheaply(zip_of_pickle(object));
}

TEST_CASE("compressed data that unpack to far more than the file are refused") {
  check_refused_cheaply(zip_of_pickle(long_string(100'000'000, 'x')));
  const SavedTensor zeros = float_tensor("a", std::vector<float>(20'000'000), {20'000'000});
  CHECK(read_error(torch_zip(pickled_state_dict({zeros}), {zeros}, true))
            .find("would unpack to more than") != std::string::npos);
}

TEST_CASE("tensors that repeat few elements cannot fill the memory together") {
  // Each alone is below the limit of one tensor.
  std::vector<SavedTensor> tensors;
  for (int i = 0; i < 4; ++i) {
    tensors.push_back(float_tensor("t" + std::to_string(i), {1}, {1 << 23}));
    tensors.back().strides = {0};
  }
  const std::string error = read_error(torch_zip(pickled_state_dict(tensors), tensors));
  CHECK(error.find("many more elements than the file has bytes") != std::string::npos);
  tensors.resize(2);
  CHECK(read_error(torch_zip(pickled_state_dict(tensors), tensors)).empty());
}

TEST_CASE("strides of axes of length 1 may be any number") {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  std::vector<SavedTensor> tensors = {float_tensor("a", {1, 2, 3, 4}, {2, 1, 2, 1})};
  tensors[0].strides = {1, kHuge, 2, kHuge};
  const TempFile file(torch_zip(pickled_state_dict(tensors), tensors));
  CHECK(read_checkpoint(file.path()).at("a").to_f32() == std::vector<float>{1, 3, 2, 4});
}

TEST_CASE("a list of labels has a largest size") {
  const TempFile file("");
  std::filesystem::resize_file(file.path(), std::uintmax_t{1} << 40);
  CHECK_THROWS_WITH_AS(checkpoint::read_labels(file.path()), doctest::Contains("is larger than"),
                       FormatError);
}
