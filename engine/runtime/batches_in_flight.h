#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "runtime/batch_pipeline.h"
#include "vulkan/commands/submission.h"
#include "vulkan/device.h"

namespace gfnet::runtime {

/// Batches that were submitted to the device and whose outputs were not taken yet, in the order of
/// submission. Each readback slot is used by at most one batch, which runs or has its outputs in
/// the slot. All earlier batches are settled: their outputs have been copied to this object.
class BatchesInFlight {
 public:
  /// device must outlive this object. Pipelines must live until their batches are taken or settled.
  explicit BatchesInFlight(vulkan::Device& device) : device_(device) {}

  std::size_t size() const { return batches_.size(); }
  bool empty() const { return batches_.empty(); }

  /// Returns a slot that no batch uses. If there is none, waits for the earliest batch that uses
  /// one, copies its outputs and returns its slot. Throws VulkanError.
  std::size_t free_slot();
  /// Submits a run of the pipeline that writes its outputs to `slot`, which must be free. An
  /// earlier submission must have written the pipeline's input. Throws VulkanError.
  void run(const BatchPipeline& pipeline, std::size_t slot);

  /// Whether the earliest batch is done; false if there is none.
  bool ready() const;
  /// Waits for the earliest or the last batch, removes it and returns its outputs. There must be
  /// one. Throws VulkanError.
  BatchOutputs take_first();
  BatchOutputs take_last();

  /// Waits for all batches and copies their outputs to this object. Afterwards the pipelines may be
  /// destroyed. Throws VulkanError.
  void settle();

 private:
  struct Batch {
    const BatchPipeline* pipeline = nullptr;
    std::size_t slot = 0;
    vulkan::Submission submission;
    bool settled = false;
    BatchOutputs outputs;
  };

  static void settle(Batch& batch);

  vulkan::Device& device_;
  std::deque<Batch> batches_;
};

}  // namespace gfnet::runtime
