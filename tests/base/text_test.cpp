#include <doctest/doctest.h>

#include "base/utf8.h"
#include "gfnet/error.h"

using namespace gfnet;

TEST_CASE("text from a file is escaped and cut to fit one line of a message") {
  CHECK(printable("head.weight \xC3\xA9") == "head.weight \xC3\xA9");
  CHECK(printable("a\nb\x1B[1m\x7F") == "a\\x0ab\\x1b[1m\\x7f");
  CHECK(printable("\xFF\xC2\x85\xE2\x80\xA8") == "\\xff\\xc2\\x85\\xe2\\x80\\xa8");
  CHECK(excerpt(std::string(10000, 'a')).size() < 200);
  CHECK_FALSE(is_utf8("\xC0\x80"));          // overlong
  CHECK_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
  CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
  CHECK(is_utf8("\xF0\x9F\x90\x9F"));
}

TEST_CASE("lower_case: changes the letters A to Z and no other byte") {
  CHECK(lower_case("") == "");
  CHECK(lower_case("Photo.JPEG @AZ[`az{") == "photo.jpeg @az[`az{");
  CHECK(lower_case("\xC3\x84 \xFF") == "\xC3\x84 \xFF");  // Ä, and a byte that is not UTF-8
}

TEST_CASE("display_width: every character takes one column, however many bytes it has") {
  CHECK(display_width("") == 0);
  CHECK(display_width("224x224") == 7);
  CHECK(display_width("224×224 größe …") == 15);
  CHECK(display_width("\xF0\x9F\x90\x9F") == 1);
}

TEST_CASE("an error about a file is one line, whatever the file's name") {
  const FormatError error("a\nb\xFF.pth", "has the key '\x1B[31m'", "x\ty", 7);
  CHECK(std::string(error.what()) ==
        "a\\x0ab\\xff.pth: tensor 'x\\x09y': offset 7: has the key '\\x1b[31m'");
  CHECK(error.path() == "a\nb\xFF.pth");
}
