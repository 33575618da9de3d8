#pragma once

#include <optional>

#include "kernels/linear_kernels.h"
#include "plan/rows.h"

namespace gfnet::plan {

/// The steps of a Linear node. Each step computes some of the rows. All steps share one kernel and
/// one layout of the weight.
class LinearSteps {
 public:
  /// rows_at_once: rows of a step; the last step may have fewer. plan and node must outlive the
  /// object.
  LinearSteps(PlanBuilder& plan, const graph::Node& node, std::int64_t rows_at_once);

  /// Reads x from, or writes y to, scratch memory that holds the rows of one step only.
  void read_from(std::size_t resource) { x_ = resource; }
  void write_to(std::size_t resource) { y_ = resource; }

  /// Adds the step for the next rows. A partial range must start at a multiple of the device's
  /// buffer alignment in every operand that is not scratch memory.
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
  /// The choices that all steps report.
  Decisions decisions_;
  bool in_place_ = false;
  std::optional<std::size_t> x_;
  std::optional<std::size_t> y_;
  bool is_written_ = false;
};

}  // namespace gfnet::plan
