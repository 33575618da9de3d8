#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "runtime/batch_pipeline.h"
#include "vulkan/commands/submission.h"
#include "vulkan/device.h"

namespace gfnet::runtime {

/// Batches that were submitted to the device and whose outputs the caller has not taken yet, in the
/// order of submission. A batch uses a readback slot (0 or 1) of its pipeline until it is settled,
/// which means: it is done and its outputs have been copied from the slot to this object. Two
/// unsettled batches never have the same slot number, even in different pipelines.
class BatchesInFlight {
 public:
  /// device must outlive this object. A pipeline must live until all its batches are taken or
  /// settled.
  explicit BatchesInFlight(vulkan::Device& device) : device_(device) {}

  std::size_t size() const { return batches_.size(); }
  bool empty() const { return batches_.empty(); }

  /// Returns a readback slot that no batch uses. If both are used, waits for the earliest batch
  /// that uses one, copies its outputs to this object and returns its slot. Throws VulkanError.
  std::size_t free_slot();
  /// Submits a run of the pipeline that writes its outputs to readback slot `slot`. No other batch
  /// may use this slot (see free_slot). An earlier submission must have written the pipeline's
  /// input. Throws VulkanError.
  void run(const BatchPipeline& pipeline, std::size_t slot);
  /// The same in slices (BatchPipeline::slices), which must be recorded. Submits only the first
  /// slice. Each of the other functions that wait for the batch submits the others, one when the
  /// one before is done; run() and run_sliced() submit all that are left, because a batch must not
  /// start in the middle of another. Throws VulkanError.
  void run_sliced(const BatchPipeline& pipeline, std::size_t slot);
  /// Submits all slices that are left. Call it before other work that writes the
  /// input of its pipeline, or of a pipeline with the same arena. Throws VulkanError.
  void finish_slices();
  /// Submits the next slice if one is left and the one before is done. Throws VulkanError.
  void advance();

  /// Adds a batch without images. It is done, and its outputs are a BatchOutputs of 0 images.
  void add_empty();

  /// Whether the earliest batch is done; false if there is none.
  bool ready() const;
  /// Waits for the earliest (take_first) or the latest batch (take_last), removes it and returns
  /// its outputs. The list must not be empty. Throws VulkanError.
  BatchOutputs take_first();
  BatchOutputs take_last();

  /// Waits for all batches and copies their outputs to this object. Afterwards the pipelines may be
  /// destroyed. Throws VulkanError.
  void settle();

 private:
  struct Batch {
    const BatchPipeline* pipeline = nullptr;
    std::size_t slot = 0;
    /// The slices that are not submitted yet. The outputs are copied together with the last one.
    std::span<const vulkan::Recording> slices;
    /// The work submitted last, and the work before it if nobody has waited for that.
    vulkan::Submission submission;
    vulkan::Submission earlier;
    bool settled = false;
    BatchOutputs outputs;
  };

  /// The batch that has slices left; null if none has. Only the latest that was run can be it.
  Batch* unfinished();
  void submit_next_slice(Batch& batch);
  void settle(Batch& batch);

  vulkan::Device& device_;
  std::deque<Batch> batches_;
};

}  // namespace gfnet::runtime
