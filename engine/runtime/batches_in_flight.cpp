#include "runtime/batches_in_flight.h"

#include <algorithm>
#include <utility>

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
  Batch batch;
  batch.pipeline = &pipeline;
  batch.slot = slot;
  batch.submission = device_.submit(pipeline.commands(slot));
  batches_.push_back(std::move(batch));
}

void BatchesInFlight::add_empty() {
  Batch batch;
  batch.settled = true;
  batches_.push_back(std::move(batch));
}

bool BatchesInFlight::ready() const {
  return !batches_.empty() && (batches_.front().settled || batches_.front().submission.done());
}

void BatchesInFlight::settle(Batch& batch) {
  if (batch.settled) return;
  batch.submission.wait();
  batch.outputs = batch.pipeline->outputs(batch.slot);
  batch.settled = true;  // last, so that every call after a failure fails too
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
  settle(batches_.back());
  BatchOutputs outputs = std::move(batches_.back().outputs);
  batches_.pop_back();
  return outputs;
}

}  // namespace gfnet::runtime
