#pragma once

#include <memory>
#include <span>
#include <vector>

#include "graph/graph.h"
#include "selfcheck/problem.h"
#include "selfcheck/run_plan.h"
#include "tuning/tuned_device.h"

namespace gfnet::test {

/// A device context for one test case, with validation and synchronisation validation. Any
/// validation message fails the case. GFNET_DEVICE selects the device. GFNET_VALIDATION=0 turns
/// validation off, for machines without the layer.
class ContextFixture {
 public:
  ContextFixture();
  ~ContextFixture();
  ContextFixture(const ContextFixture&) = delete;
  ContextFixture& operator=(const ContextFixture&) = delete;

  tuning::TunedDevice& context() { return *context_; }

  /// The device facts that run() passes to the planner. A test case may change them, so that it
  /// also tests kernels for other devices.
  kernels::DeviceFacts& facts() { return facts_; }

  /// Makes the planner treat the device as a GPU with 12 KiB of shared memory, so that it offers
  /// only its small tiles: software drivers compile each large tile for half a minute.
  void use_gpu_kernels();

  /// Plans and runs a graph for a batch. input: dense values, image after image. choices: the
  /// kernels to use. Returns the dense values of each output.
  selfcheck::Outputs run(const graph::Graph& graph, std::int64_t batch,
                         const std::vector<float>& input,
                         const kernels::MeasuredChoices& choices = {});
  /// Runs a plan. input: bytes in the device's layout. Returns the dense values of each output.
  selfcheck::Outputs run(plan::Plan plan, std::span<const std::byte> input);

 private:
  std::unique_ptr<tuning::TunedDevice> context_;
  kernels::DeviceFacts facts_;
};

using selfcheck::interpret_batch;

/// False if GFNET_VALIDATION is 0.
bool wants_validation();
/// The value of GFNET_DEVICE; empty if it is not set.
std::string wanted_device();

}  // namespace gfnet::test
