#include "checkpoint/labels.h"

#include <doctest/doctest.h>

#include "gfnet/error.h"
#include "writers.h"

using namespace gfnet;
using test::TempFile;

namespace {

std::vector<std::string> labels(std::string_view text) {
  return checkpoint::read_labels(TempFile(text).path());
}

}  // namespace

TEST_CASE("labels are the lines of a file") {
  const std::vector<std::string> expected = {"tench, Tinca tinca", "r\xC3\xA9glisse", "x"};
  CHECK(labels("tench, Tinca tinca\nr\xC3\xA9glisse\nx") == expected);
  CHECK(labels("tench, Tinca tinca\r\nr\xC3\xA9glisse\r\nx\r\n") == expected);
  CHECK(labels("\xEF\xBB\xBFtench, Tinca tinca\nr\xC3\xA9glisse\nx\n\n\r\n") == expected);
  CHECK(labels("a\n\nb\n") == std::vector<std::string>{"a", "", "b"});
}

TEST_CASE("a file with more lines than any model has classes is refused") {
  const std::string most(std::size_t{1} << 20, '\n');
  CHECK(labels("a" + most) == std::vector<std::string>{"a"});
  CHECK_THROWS_AS(labels("a" + most + "b"), FormatError);
}

TEST_CASE("a file that holds no labels is refused") {
  for (const std::string_view text : {std::string_view(""), std::string_view("\n\n"),
                                      std::string_view("a\n\xFF\n"), std::string_view("a\0b", 3)}) {
    CHECK_THROWS_AS(labels(text), FormatError);
  }
  CHECK_THROWS_AS(checkpoint::read_labels("no/such/file"), FormatError);
  CHECK_THROWS_AS(checkpoint::read_labels(std::filesystem::temp_directory_path()), FormatError);
}
