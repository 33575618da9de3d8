#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "runtime/batch_pipeline.h"
#include "vulkan/device.h"
#include "vulkan/submission.h"

namespace gfnet::runtime {

/// Batches that were handed to the device and whose outputs nobody has asked for yet; first in,
/// first out. As many as there are slots are on the device or in its memory, earlier ones in the
/// host's.
class BatchesInFlight {
 public:
  /// The device must outlive this; pipelines, until settle().
  explicit BatchesInFlight(vulkan::Device& device) : device_(device) {}

  std::size_t size() const { return batches_.size(); }
  bool empty() const { return batches_.empty(); }

  /// A slot that no batch takes. If there is none, waits for the earliest batch and frees its own.
  std::size_t free_slot();
  /// Runs the pipeline on what lies in its input, or will when all that was submitted is done.
  void run(const BatchPipeline& pipeline, std::size_t slot);

  /// Whether the earliest batch is done.
  bool ready() const;
  /// The outputs of the earliest batch, and those of the last one; there must be one.
  BatchOutputs take_first();
  BatchOutputs take_last();

  /// Waits for all and reads their outputs: pipelines are needed no more.
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
