#pragma once

#include "plan/rows.h"

/// Lowering: one operation → the steps that compute it, with their shaders, constants, buffers and
/// thread counts. Each function adds the steps of `node` to the plan. Throws what PlanBuilder
/// throws.
namespace gfnet::plan {

void lower(PlanBuilder& plan, const graph::Patches& op, const graph::Node& node);
/// Adds a step that computes some rows of the output of a Patches node. room: where the step writes
/// these rows; this memory holds no other rows.
void add_patches(PlanBuilder& plan, const graph::Node& node, const Rows& rows, const Operand& room);
void lower(PlanBuilder& plan, const graph::Linear& op, const graph::Node& node);
/// Lowers two nodes together, with the value between them in scratch memory. first: a Patches or a
/// Linear. second: a Linear, the only node that reads the output of `first`. Lowers them if the
/// output of `first` is too large: beyond what a shader can bind or, for Patches, beyond the memory
/// bound (plan/memory_need.h); then the two take some rows at a time. Lowers them also if the
/// kernels of both can hand over their rows in blocks (LinearSteps::can_read_row_blocks). Returns
/// whether the two nodes were lowered; if not, no step was added.
bool lower_by_rows(PlanBuilder& plan, const graph::Node& first, const graph::Node& second);
void lower(PlanBuilder& plan, const graph::LayerNorm& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::TokenStatistics& op, const graph::Node& node);
/// Throws Error if the node has no choice of its layer's algorithm (kernels::choose_spectral sets
/// that choice). Throws UnsupportedError if the device cannot run the grid in one kernel.
void lower(PlanBuilder& plan, const graph::SpectralFilter& op, const graph::Node& node);
/// Lowers a SpectralFilter with op.by_lines: one kernel for each stage of the transforms. Throws
/// UnsupportedError if a side of the grid cannot be split into short transforms.
void lower_by_lines(PlanBuilder& plan, const graph::SpectralFilter& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::Rfft2& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::FilterMultiply& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::Irfft2& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::TokenMean& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::SoftmaxTopK& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::ClassMap& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::SpectrumMagnitude& op, const graph::Node& node);

}  // namespace gfnet::plan
