#pragma once

#include <optional>

#include "plan/rows.h"
#include "plan/spectral_layer.h"

/// Operation → kernel steps: which shader, its constants, buffers and threads.
namespace gfnet::plan {

void lower(PlanBuilder& plan, const graph::Patches& op, const graph::Node& node);
/// Some rows of the node's output into a room for as many, or all of them into the output.
void add_patches(PlanBuilder& plan, const graph::Node& node, const Rows& rows, const Operand& room);
void lower(PlanBuilder& plan, const graph::Linear& op, const graph::Node& node);
/// Two nodes, Patches or Linear and then Linear, some rows at a time, if what the first hands on to
/// the second is beyond what a shader can be given at once, or cut patches beyond what the plan
/// allows itself of memory. Whether it did.
bool lower_by_rows(PlanBuilder& plan, const graph::Node& first, const graph::Node& second);
void lower(PlanBuilder& plan, const graph::LayerNorm& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::TokenStatistics& op, const graph::Node& node);
/// way: of the layer, on the path that the node is of; without one the device cannot run it in one
/// kernel.
void lower(PlanBuilder& plan, const graph::SpectralFilter& op, const graph::Node& node,
           const std::optional<SpectralWay>& way);
/// The same where `by_lines`.
void lower_by_lines(PlanBuilder& plan, const graph::SpectralFilter& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::Rfft2& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::FilterMultiply& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::Irfft2& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::TokenMean& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::SoftmaxTopK& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::ClassMap& op, const graph::Node& node);
void lower(PlanBuilder& plan, const graph::SpectrumMagnitude& op, const graph::Node& node);

}  // namespace gfnet::plan
