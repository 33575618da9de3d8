#pragma once

#include <optional>

#include "kernels/linear_kernels.h"
#include "plan/rows.h"

namespace gfnet::plan {

/// Adds the steps of a Linear node to a plan. Each step computes some of the rows. All steps share
/// one kernel and one layout of the weight.
class LinearSteps {
 public:
  /// rows_at_once: rows of a step; the last step may have fewer. plan and node must outlive the
  /// object.
  LinearSteps(PlanBuilder& plan, const graph::Node& node, std::int64_t rows_at_once);

  /// read_from: makes all steps read the input x from scratch memory instead of the graph's value.
  /// write_to: the same for writing the output y. The scratch memory holds the rows of one step
  /// only.
  void read_from(std::size_t resource) { x_ = resource; }
  void write_to(std::size_t resource) { y_ = resource; }

  /// Whether the chosen kernel can read x, or write y, in blocks of four rows
  /// (linear_broadcast.comp). A product with an addend writes none.
  bool can_read_row_blocks() const;
  bool can_write_row_blocks() const { return can_read_row_blocks() && !layer_.addend; }
  /// Makes all steps read or write the scratch memory in blocks of four rows. The scratch memory
  /// must hold whole blocks.
  void read_row_blocks();
  void write_row_blocks();

  /// Adds the step for the next rows. If the step binds only a range of an operand, the range must
  /// start at a multiple of the device's buffer alignment. In scratch memory the range always does.
  void add(const Rows& rows);

 private:
  kernels::LinearLayer layer() const;
  Operand x(const Rows& rows);
  Operand y(const Rows& rows);
  PlanBuilder& plan_;
  const graph::Node& node_;
  std::int64_t tokens_ = 0;
  kernels::LinearLayer layer_;
  kernels::LinearAlgorithm algorithm_;
  kernels::LinearKernel kernel_;
  /// The chosen layout and kernel, which every step stores in Step::choices.
  StepChoices choices_of_step_;
  bool in_place_ = false;
  std::optional<std::size_t> x_;
  std::optional<std::size_t> y_;
  /// Whether x_ and y_ hold blocks of four rows.
  bool x_in_blocks_ = false;
  bool y_in_blocks_ = false;
  bool is_written_ = false;
};

}  // namespace gfnet::plan
