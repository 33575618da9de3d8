#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "runtime/batch_pipeline.h"
#include "vulkan/commands/submission.h"

namespace gfnet::runtime {

/// Batches that were submitted to the device and whose outputs the caller has not taken yet, in the
/// order of submission. A batch is settled when it is done and its outputs have been copied from a
/// readback slot (0 or 1) of its pipeline to this object. Until then, the batch uses this slot. Two
/// unsettled batches never have the same slot number, even in different pipelines.
///
/// A pipeline must live until all batches that run on it are taken or settled.
///
/// A function that throws because a submission failed leaves the batches as they were: run() and
/// run_sliced() add no batch, and the other functions continue at the same slice when they are
/// called again.
class BatchesInFlight {
 public:
  std::size_t size() const { return batches_.size(); }
  bool empty() const { return batches_.empty(); }

  /// Returns a readback slot that no unsettled batch uses. If batches use both slots, settles the
  /// earliest of these batches (waits for it and copies its outputs to this object) and returns the
  /// slot of this batch. Throws VulkanError.
  std::size_t free_slot();
  /// Submits a run of the pipeline. The run writes its outputs to readback slot `slot`. No other
  /// batch may use this slot (see free_slot). An earlier submission must have written the
  /// pipeline's input. Throws VulkanError.
  void run(const BatchPipeline& pipeline, std::size_t slot);
  /// Like run(), but lets other work run between two slices: run_sliced() itself submits only the
  /// first of the pipeline's slices. advance(), and each function that waits for the batch, submit
  /// the next slices, each when the slice before it is done. run(), run_sliced() and
  /// finish_slices() submit at once all slices that an earlier batch has left, because a batch must
  /// not start in the middle of another. Throws VulkanError.
  void run_sliced(const BatchPipeline& pipeline, std::size_t slot);
  /// If a batch has slices that are not submitted yet, submits all of them. Call it before
  /// submitting other work that writes the input of that batch's pipeline, or the input of a
  /// pipeline with the same arena. Throws VulkanError.
  void finish_slices();
  /// If a batch has slices that are not submitted yet, and the slice submitted last is done,
  /// submits the next slice. Does not wait. Throws VulkanError.
  void advance();

  /// Adds a batch without images. This batch is done at once, and its outputs are a BatchOutputs of
  /// 0 images.
  void add_empty();

  /// Whether the earliest batch is done; false if there is no batch.
  bool ready() const;
  /// Waits for the earliest batch, removes it and returns its outputs. There must be at least one
  /// batch. Throws VulkanError.
  BatchOutputs take_first();
  /// Does the same with the latest batch. Removes it even if it throws: the caller has just
  /// submitted it, and will not take it later.
  BatchOutputs take_last();

  /// Waits for all batches and copies their outputs to this object. Afterwards the pipelines may be
  /// destroyed. Throws VulkanError.
  void settle();

 private:
  struct Batch {
    const BatchPipeline* pipeline = nullptr;
    std::size_t slot = 0;
    /// The slices that are not submitted yet. The last slice is submitted together with the copy of
    /// the outputs to the readback slot.
    std::span<const vulkan::Recording> slices;
    /// The work of this batch that was submitted and for which nobody has waited, in order.
    std::vector<vulkan::Submission> submissions;
    bool settled = false;
    BatchOutputs outputs;
  };

  /// The batch that has slices which are not submitted yet; null if there is none. Only the batch
  /// that was run last can have such slices.
  Batch* unfinished();
  /// Submits the first slice of batch.slices.
  void submit_next_slice(Batch& batch);
  void settle(Batch& batch);

  std::deque<Batch> batches_;
};

}  // namespace gfnet::runtime
