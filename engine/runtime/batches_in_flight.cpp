#include "runtime/batches_in_flight.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace gfnet::runtime {

std::size_t BatchesInFlight::free_slot() {
  const auto takes = [](std::size_t slot) {
    return [slot](const Batch& batch) { return !batch.settled && batch.slot == slot; };
  };
  for (std::size_t slot = 0; slot < kBatchSlots; ++slot) {
    if (std::ranges::none_of(batches_, takes(slot))) return slot;
  }
  Batch& earliest = *std::ranges::find(batches_, false, &Batch::settled);
  settle(earliest);
  return earliest.slot;
}

void BatchesInFlight::run(const BatchPipeline& pipeline, std::size_t slot) {
  finish_slices();
  Batch batch;
  batch.pipeline = &pipeline;
  batch.slot = slot;
  batch.submissions = pipeline.submit(slot);
  batches_.push_back(std::move(batch));
}

void BatchesInFlight::run_sliced(const BatchPipeline& pipeline, std::size_t slot) {
  finish_slices();
  Batch batch;
  batch.pipeline = &pipeline;
  batch.slot = slot;
  batch.slices = pipeline.slices();
  submit_next_slice(batch);
  batches_.push_back(std::move(batch));
}

void BatchesInFlight::submit_next_slice(Batch& batch) {
  batch.submissions.push_back(batch.pipeline->submit_slice(batch.slices.front(), batch.slot));
  batch.slices = batch.slices.subspan(1);  // last: a slice whose submission fails is still left
}

BatchesInFlight::Batch* BatchesInFlight::unfinished() {
  const auto found =
      std::ranges::find_if(batches_, [](const Batch& b) { return !b.slices.empty(); });
  return found == batches_.end() ? nullptr : &*found;
}

void BatchesInFlight::finish_slices() {
  Batch* const batch = unfinished();
  while (batch != nullptr && !batch->slices.empty()) submit_next_slice(*batch);
}

void BatchesInFlight::advance() {
  Batch* const batch = unfinished();
  if (batch != nullptr && batch->submissions.back().done()) submit_next_slice(*batch);
}

void BatchesInFlight::add_empty() {
  Batch batch;
  batch.settled = true;
  batches_.push_back(std::move(batch));
}

bool BatchesInFlight::ready() const {
  if (batches_.empty()) return false;
  const Batch& batch = batches_.front();
  return batch.settled || (batch.slices.empty() && batch.submissions.back().done());
}

void BatchesInFlight::settle(Batch& batch) {
  if (batch.settled) return;
  for (;;) {
    for (vulkan::Submission& submission : batch.submissions) submission.wait();
    if (batch.slices.empty()) break;
    submit_next_slice(batch);
  }
  batch.outputs = batch.pipeline->outputs(batch.slot);
  batch.settled = true;  // last: after a failure, the next call waits again
}

void BatchesInFlight::settle() {
  for (Batch& batch : batches_) settle(batch);
}

BatchOutputs BatchesInFlight::take_first() {
  settle(batches_.front());
  BatchOutputs outputs = std::move(batches_.front().outputs);
  batches_.pop_front();
  return outputs;
}

BatchOutputs BatchesInFlight::take_last() {
  try {
    settle(batches_.back());
  } catch (...) {
    batches_.pop_back();  // waits for it
    throw;
  }
  BatchOutputs outputs = std::move(batches_.back().outputs);
  batches_.pop_back();
  return outputs;
}

}  // namespace gfnet::runtime
