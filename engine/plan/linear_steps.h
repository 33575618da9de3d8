#pragma once

#include <optional>

#include "plan/linear_kernels.h"
#include "plan/rows.h"

namespace gfnet::plan {

/// The steps of a Linear node, each for some rows. They share a kernel and the form of the weight.
class LinearSteps {
 public:
  /// rows_at_once: of a step; the last may have fewer. plan and node must outlive it.
  LinearSteps(PlanBuilder& plan, const graph::Node& node, std::int64_t rows_at_once);

  /// x, or y, is where there is room for the rows of one step.
  void read_from(std::size_t resource) { x_ = resource; }
  void write_to(std::size_t resource) { y_ = resource; }

  /// The next rows. Where they are not all, they must start where a buffer may in all that is not
  /// such a room.
  void add(const Rows& rows);

 private:
  LinearLayer layer() const;
  Operand x(const Rows& rows);
  Operand y(const Rows& rows);

  PlanBuilder& plan_;
  const graph::Node& node_;
  std::int64_t tokens_ = 0;
  LinearLayer layer_;
  LinearWay way_;
  LinearKernel kernel_;
  /// What all steps answer.
  Decisions decisions_;
  bool in_place_ = false;
  std::optional<std::size_t> x_;
  std::optional<std::size_t> y_;
  bool is_written_ = false;
};

}  // namespace gfnet::plan
