#pragma once

#include "plan/plan_builder.h"

namespace gfnet::plan {

/// Rows of a value in token layout, those of all images one after the other.
struct Rows {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

/// Of one row as it lies on the device.
inline std::uint64_t row_bytes(const graph::Value& value) {
  return static_cast<std::uint64_t>(round_up(value.shape[1], kVector)) * size_of(value.dtype);
}

/// Rows of a resource that holds a value, or some of its rows, counted from the resource's first.
inline Operand part(const PlanBuilder& plan, Operand whole, const graph::Value& value,
                    const Rows& rows) {
  const std::uint64_t each = row_bytes(value);
  const ByteRange range{static_cast<std::uint64_t>(rows.first) * each,
                        static_cast<std::uint64_t>(rows.count) * each};
  if (range.bytes < plan.resource(whole.resource).bytes) whole.range = range;
  return whole;
}

}  // namespace gfnet::plan
