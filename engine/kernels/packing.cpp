#include "kernels/packing.h"

#include <cstring>

#include "base/half.h"

namespace gfnet::kernels {
namespace {

template <typename Element, typename Convert>
void pack_as(const std::vector<float>& dense, const Packing& packing, std::byte* target,
             Convert convert) {
  const std::int64_t block =
      packing.block_columns == 0 ? packing.padded_columns : packing.block_columns;
  std::int64_t source = 0;
  for (std::int64_t row = 0; row < packing.rows; ++row) {
    for (std::int64_t column = 0; column < packing.columns; ++column) {
      const std::int64_t at = (column / block * packing.padded_rows + row) * block + column % block;
      const Element element = convert(dense[static_cast<std::size_t>(source++)]);
      std::memcpy(target + static_cast<std::size_t>(at) * sizeof(Element), &element,
                  sizeof(Element));
    }
  }
}

}  // namespace

std::vector<std::byte> pack(const std::vector<float>& dense, const Packing& packing) {
  std::vector<std::byte> packed(packing.bytes());  // zeros
  if (packing.dtype == DType::kF16) {
    pack_as<std::uint16_t>(dense, packing, packed.data(), float_to_half);
  } else {
    pack_as<float>(dense, packing, packed.data(), [](float value) { return value; });
  }
  return packed;
}

}  // namespace gfnet::kernels
