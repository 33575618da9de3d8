#pragma once

#include <memory>
#include <span>
#include <vector>

#include "graph/graph.h"
#include "runtime/device_context.h"

namespace gfnet::test {

/// A device context for one test case, with validation and synchronisation validation, any message
/// of which fails the case. The device is the one that GFNET_DEVICE names; GFNET_VALIDATION=0 goes
/// without validation, for machines without the layer.
class ContextFixture {
 public:
  ContextFixture();
  ~ContextFixture();
  ContextFixture(const ContextFixture&) = delete;
  ContextFixture& operator=(const ContextFixture&) = delete;

  runtime::DeviceContext& context() { return *context_; }

  /// What run() tells the planner of the device: the truth, until a case changes it so that kernels
  /// for other devices run here too.
  plan::DeviceFacts& facts() { return facts_; }

  /// Has the planner take the device for a GPU, with so little shared memory that it offers its small
  /// tiles only: software drivers compile the large ones for half a minute each.
  void use_gpu_kernels();

  /// Plans and runs a graph for a batch. input: the images' values one after the other, dense.
  /// Returns the outputs, dense. choices: which kernels to take.
  std::vector<std::vector<float>> run(const graph::Graph& graph, std::int64_t batch,
                                      const std::vector<float>& input,
                                      const plan::Choices& choices = {});
  /// Runs a plan. input: as it lies on the device.
  std::vector<std::vector<float>> run(plan::Plan plan, std::span<const std::byte> input);

 private:
  std::unique_ptr<runtime::DeviceContext> context_;
  plan::DeviceFacts facts_;
};

/// What the scalar reference computes for each image of a batch, one after the other: the first
/// output.
std::vector<double> interpret_batch(const graph::Graph& graph, std::int64_t batch,
                                    const std::vector<float>& input);

/// Whether tests ask for the validation layer.
bool wants_validation();
/// What GFNET_DEVICE says.
std::string wanted_device();

}  // namespace gfnet::test
