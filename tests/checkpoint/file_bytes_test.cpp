#include "checkpoint/file_bytes.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "gfnet/error.h"
#include "gfnet/model.h"
#include "support/reference_files.h"
#include "writers.h"

using namespace gfnet;
using namespace gfnet::test;
using checkpoint::FileBytes;

namespace {

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Bytes that differ from block to block.
std::string long_text() {
  std::string text;
  while (text.size() < 1'000'000) text += std::to_string(text.size()) + " ";
  return text;
}

}  // namespace

TEST_CASE("parts of a file are read when they are asked for, and stay where they are") {
  const std::string text = long_text();
  const TempFile file(text);
  const auto bytes = FileBytes::open(file.path());
  REQUIRE(bytes->size() == text.size());
  const auto last = bytes->read(text.size() - 10, 10);
  const auto middle = bytes->read(300'000, 200'000);
  const auto inside = bytes->read(350'000, 1);
  CHECK(text_of(last) == text.substr(text.size() - 10));
  CHECK(text_of(middle) == text.substr(300'000, 200'000));
  CHECK(inside.data() == middle.data() + 50'000);
  const auto all = bytes->read(0, text.size());
  CHECK(text_of(all) == text);
  CHECK(all.data() + 300'000 == middle.data());
  bytes->close();
  CHECK(text_of(middle) == text.substr(300'000, 200'000));
  CHECK(bytes->read(5, 0).empty());
  CHECK_THROWS_AS(bytes->read(text.size(), 1), FormatError);
  CHECK_THROWS_AS(bytes->read(1, ~std::uint64_t{0}), FormatError);
  CHECK_THROWS_AS(bytes->unread(text.size() + 1, 0), FormatError);
}

TEST_CASE("a file that is cut while it is read is an error, not a signal") {
  const std::string text = long_text();
  for (const std::uintmax_t left :
       {std::uintmax_t{0}, std::uintmax_t{70'000}, std::uintmax_t{999'999}}) {
    const TempFile file(text);
    const auto bytes = FileBytes::open(file.path());
    CHECK(text_of(bytes->read(0, 10)) == text.substr(0, 10));
    std::filesystem::resize_file(file.path(), left);
    CHECK_THROWS_WITH_AS(bytes->read(0, text.size()),
                         doctest::Contains("was cut while it was read"), FormatError);
    // What was read before stays.
    CHECK(text_of(bytes->read(0, 10)) == text.substr(0, 10));
  }
}

TEST_CASE("a model does not need its file once it is loaded") {
  const std::filesystem::path source = reference_file("flat-8x8-32px.pth");
  const TempFile file("");
  std::filesystem::copy_file(source, file.path(),
                             std::filesystem::copy_options::overwrite_existing);
  const Model model = Model::load(file.path());
  std::filesystem::resize_file(file.path(), 0);
  const Model enlarged = model.at({64, 64});
  const Model expected = Model::load(source).at({64, 64});
  CHECK(enlarged.description().parameters == expected.description().parameters);
  CHECK_THROWS_WITH_AS(Model::load(file.path()), doctest::Contains("is empty"), FormatError);
}
