#include <doctest/doctest.h>

#include "checkpoint/checkpoint.h"
#include "checkpoint/torch/zip_archive.h"
#include "gfnet/error.h"
#include "support/read_checkpoint.h"
#include "writers.h"

using namespace gfnet;
using namespace gfnet::test;

namespace {

std::vector<SavedTensor> tensors() {
  return {float_tensor("a", std::vector<float>(1000, 1.5f), {10, 100}),
          float_tensor("empty", {}, {0, 3})};
}

std::string archive(bool deflate) {
  return torch_zip(pickled_state_dict(tensors()), tensors(), deflate);
}

/// The position of an entry in the central directory.
std::size_t directory_entry(const std::string& bytes, const std::string& name) {
  return bytes.rfind(name) - 46;
}

std::string with(std::string bytes, std::size_t position, const std::string& replacement) {
  return bytes.replace(position, replacement.size(), replacement);
}

bool contains(const std::string& text, std::string_view part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("stored and compressed entries read alike") {
  for (const bool deflate : {false, true}) {
    const TempFile file(archive(deflate));
    const auto checkpoint = test::read_checkpoint(file.path());
    CHECK(checkpoint.at("a").to_f32() == std::vector<float>(1000, 1.5f));
    CHECK(checkpoint.at("empty").shape == Shape{0, 3});
  }
}

TEST_CASE("stored entries are read in place") {
  const std::string bytes = zip_file({{"s", "stored"}, {"d", "deflated", true}});
  const auto file = std::as_bytes(std::span(bytes));
  checkpoint::ZipArchive zip(checkpoint::FileBytes::in_memory(file, "f"));
  const auto stored = zip.read("s");
  REQUIRE(stored);
  CHECK(zip.offset_of(*stored) == static_cast<std::int64_t>(bytes.find("stored")));
  const auto inflated = zip.read("d");
  REQUIRE(inflated);
  CHECK(zip.offset_of(*inflated) == FormatError::kNoOffset);
  CHECK(inflated->size() == 8);
  CHECK_FALSE(zip.read("x"));
}

TEST_CASE("damaged entries are refused") {
  for (const bool deflate : {false, true}) {
    const std::string good = archive(deflate);
    const std::size_t entry = directory_entry(good, "m/data/0");
    const auto error = [&](std::size_t field, const std::string& value) {
      return read_error(with(good, entry + field, value));
    };
    CHECK(contains(error(16, "abcd"), "'m/data/0' is damaged"));         // checksum
    CHECK(contains(error(8, little(1, 2)), "is encrypted"));             // flags
    CHECK(contains(error(10, little(99, 2)), "compression method 99"));  // method
    CHECK_FALSE(error(20, little(3, 4)).empty());                        // packed size
    CHECK_FALSE(error(20, little(0xFFFFFFF0, 4)).empty());
    CHECK_FALSE(error(24, little(3, 4)).empty());  // size
    CHECK_FALSE(error(24, little(0xFFFFFFF0, 4)).empty());
    CHECK_FALSE(error(24, little(0xFFFFFFFF, 4)).empty());  // the zip64 field is missing
    CHECK_FALSE(error(42, little(7, 4)).empty());   // place
    CHECK_FALSE(error(42, little(0xFFFFFFF0, 4)).empty());
    CHECK_FALSE(error(28, little(0xFFFF, 2)).empty());  // length of the name
    CHECK_FALSE(error(30, little(0xFFFF, 2)).empty());  // length of the extra field
  }
}

TEST_CASE("a damaged tensor fails its checksum") {
  std::string bytes = archive(false);
  const std::size_t place = bytes.find(bytes_of<float>({1.5f, 1.5f}));
  bytes[place + 5] ^= 1;
  CHECK(contains(read_error(bytes), "checksum"));
}

TEST_CASE("compression bombs are refused before they are unpacked") {
  std::string bytes = archive(true);
  const std::size_t entry = directory_entry(bytes, "m/data/0");
  CHECK(contains(read_error(with(bytes, entry + 24, little(0x7FFFFFFF, 4))), "claims more bytes"));
}

TEST_CASE("zip archives without exactly one checkpoint are refused") {
  CHECK(contains(read_error(zip_file({})), "without a PyTorch checkpoint"));
  CHECK(contains(read_error(zip_file({{"a.npy", "x"}})), "without a PyTorch checkpoint"));
  CHECK(contains(read_error(zip_file({{"a.txt", "x"}})), "without a PyTorch checkpoint"));
  CHECK(
      contains(read_error(zip_file({{"a/data.pkl", "x"}, {"b/data.pkl", "x"}})), "more than one"));
  CHECK(contains(read_error(zip_file({{"a", "x"}, {"a", "x"}})), "occurs twice"));
  CHECK(contains(read_error("PK\x03\x04" + std::string(100, '\0')), "truncated"));
}

TEST_CASE("zip64 archives read") {
  // zip64 records locate the central directory, and a zip64 field has the entry's sizes.
  const std::string data = "N.";
  const std::string name = "m/data.pkl";
  const std::string crc = zip_file({{name, data}}).substr(14, 4);
  const std::string local = little(0x04034B50, 4) + little(45, 2) + std::string(8, '\0') + crc +
                            little(2, 4) + little(2, 4) + little(name.size(), 2) + little(0, 2) +
                            name + data;
  const std::string directory =
      little(0x02014B50, 4) + little(45, 2) + little(45, 2) + std::string(8, '\0') + crc +
      little(0xFFFFFFFF, 4) + little(0xFFFFFFFF, 4) + little(name.size(), 2) + little(28, 2) +
      std::string(10, '\0') + little(0xFFFFFFFF, 4) + name + little(1, 2) + little(24, 2) +
      little(2, 8) + little(2, 8) + little(0, 8);
  const auto end = [&](std::uint64_t offset, std::uint64_t size, std::uint64_t count) {
    return little(0x06064B50, 4) + little(44, 8) + little(45, 2) + little(45, 2) +
           std::string(8, '\0') + little(count, 8) + little(count, 8) + little(size, 8) +
           little(offset, 8) + little(0x07064B50, 4) + little(0, 4) +
           little(local.size() + directory.size(), 8) + little(1, 4) + little(0x06054B50, 4) +
           std::string(4, '\0') + std::string(12, '\xff') + little(0, 2);
  };
  const std::string start = local + directory;
  CHECK(contains(read_error(start + end(local.size(), directory.size(), 1)), "holds None"));
  CHECK_FALSE(read_error(start + end(~std::uint64_t{0}, directory.size(), 1)).empty());
  CHECK_FALSE(read_error(start + end(local.size(), ~std::uint64_t{0}, 1)).empty());
  CHECK_FALSE(read_error(start + end(local.size(), directory.size(), 2)).empty());
}

TEST_CASE("missing and empty files and other formats are refused") {
  CHECK(contains(read_error(""), "the file is empty"));
  CHECK(contains(read_error("hello, world"), "neither a PyTorch nor a safetensors file"));
  CHECK_FALSE(read_error("corrupt\n").empty());
  CHECK_THROWS_AS(test::read_checkpoint("no/such/file.pth"), FormatError);
  CHECK_THROWS_WITH_AS(test::read_checkpoint(std::filesystem::temp_directory_path()),
                       doctest::Contains("is a directory"), FormatError);
}
