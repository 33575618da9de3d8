#include <doctest/doctest.h>

#include <cstring>
#include <vector>

#include "plan/plan.h"

using namespace gfnet;

namespace {

template <typename Element>
std::vector<Element> elements_of(const std::vector<std::byte>& bytes) {
  std::vector<Element> elements(bytes.size() / sizeof(Element));
  std::memcpy(elements.data(), bytes.data(), bytes.size());
  return elements;
}

}  // namespace

TEST_CASE("packing puts zeros to the right of and below a matrix") {
  CHECK(elements_of<float>(kernels::pack({1, 2, 3, 4, 5, 6}, {2, 3, 3, 4})) ==
        std::vector<float>{1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0, 0});
}

TEST_CASE("packing cuts a matrix into blocks of columns") {
  CHECK(elements_of<float>(kernels::pack({1, 2, 3, 4, 5, 6}, {2, 3, 3, 4, 2})) ==
        std::vector<float>{1, 2, 4, 5, 0, 0, 3, 0, 6, 0, 0, 0});
}

TEST_CASE("packing rounds to halves") {
  CHECK(elements_of<std::uint16_t>(kernels::pack({1, -2, 1e9f}, {1, 3, 1, 4, 0, DType::kF16})) ==
        std::vector<std::uint16_t>{0x3c00, 0xc000, 0x7c00, 0});
}

TEST_CASE("packing in blocks of one column transposes") {
  CHECK(elements_of<float>(kernels::pack({1, 2, 3, 4, 5, 6}, {2, 3, 4, 3, 1})) ==
        std::vector<float>{1, 4, 0, 0, 2, 5, 0, 0, 3, 6, 0, 0});
}
