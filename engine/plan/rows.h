#pragma once

#include "plan/plan_builder.h"

namespace gfnet::plan {

/// A range of rows of a value in token layout. Rows are counted over all images of the batch.
struct Rows {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

/// Bytes that one row occupies on the device, padding included.
inline std::uint64_t row_bytes(const graph::Value& value) {
  return static_cast<std::uint64_t>(kernels::round_up(value.shape[1], kernels::kVector)) *
         size_of(value.dtype);
}

/// Restricts `whole`, an operand that holds rows of `value`, to some of these rows. rows.first is
/// counted from the first row of the operand's resource.
inline Operand part(const PlanBuilder& plan, Operand whole, const graph::Value& value,
                    const Rows& rows) {
  const std::uint64_t each = row_bytes(value);
  const ByteRange range{static_cast<std::uint64_t>(rows.first) * each,
                        static_cast<std::uint64_t>(rows.count) * each};
  if (range.bytes < plan.resource(whole.resource).bytes) whole.range = range;
  return whole;
}

}  // namespace gfnet::plan
