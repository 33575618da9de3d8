// The main function of every test program.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "support/skip.h"

int main(int argc, char** argv) {
  const int failed = doctest::Context(argc, argv).run();
  constexpr int kSkipped = 77;  // SKIP_RETURN_CODE in RegisterTests.cmake
  return failed == 0 && gfnet::test::was_skipped() ? kSkipped : failed;
}
