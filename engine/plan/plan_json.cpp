#include <algorithm>
#include <nlohmann/json.hpp>

#include "plan/memory_need.h"
#include "plan/plan.h"

namespace gfnet::plan {
namespace {

using nlohmann::ordered_json;

bool is_part(const Operand& operand) { return operand.range.has_value(); }

/// The bytes of a resource that a step accesses: [offset, bytes], or null for all of it.
ordered_json range_of(const Operand& operand) {
  if (!is_part(operand)) return nullptr;
  return {operand.range->offset, operand.range->bytes};
}

struct WorkVisitor {
  void operator()(const KernelStep& kernel) const {
    entry["specialization"] = kernel.specialization.values();
    entry["threads"] = kernel.threads;
    for (const Operand& operand : kernel.operands) entry["resources"].push_back(operand.resource);
    if (std::ranges::none_of(kernel.operands, &is_part)) return;
    for (const Operand& operand : kernel.operands) entry["ranges"].push_back(range_of(operand));
  }
  void operator()(const FftStep& fft) const {
    entry["grid"] = {fft.grid.height, fft.grid.width};
    entry["transforms"] = fft.batches;
    entry["resources"] = {fft.planes, fft.spectrum};
  }
  ordered_json& entry;
};

ordered_json describe(const Resource& resource) {
  ordered_json entry{
      {"name", resource.name}, {"bytes", resource.bytes}, {"dtype", name_of(resource.dtype)}};
  if (resource.kind == Resource::Kind::kConstant) {
    entry["kind"] = "constant";
  } else {
    entry["kind"] = "arena";
    entry["offset"] = resource.offset;
    entry["first_step"] = resource.first_step;
    entry["last_step"] = resource.last_step;
  }
  return entry;
}

ordered_json describe(const MemoryNeed& need) {
  return {{"weights_bytes", need.weights_bytes}, {"input_bytes", need.input_bytes},
          {"arena_bytes", need.arena_bytes},     {"block_bytes", need.block_bytes},
          {"block_step", need.block_step},       {"planned_bytes", need.planned_bytes()},
          {"bound_bytes", need.bound_bytes()}};
}

ordered_json describe(const graph::Choice& choice) {
  return {{"problem", choice.key}, {"candidates", choice.candidates}, {"chosen", choice.name()}};
}

}  // namespace

std::string kernel_of(const Step& step) {
  const auto* const kernel = std::get_if<KernelStep>(&step.work);
  if (kernel != nullptr) return kernel->kernel;
  return std::get<FftStep>(step.work).inverse ? "vkfft_irfft2" : "vkfft_rfft2";
}

std::string_view precision_of(const Plan& plan) {
  return std::ranges::any_of(plan.resources,
                             [](const Resource& r) { return r.dtype == DType::kF16; })
             ? "fp16"
             : "fp32";
}

std::string to_json(const Plan& plan) {
  ordered_json document{{"batch", plan.batch},
                        {"precision", precision_of(plan)},
                        {"arena_bytes", plan.arena_bytes},
                        {"constant_bytes", plan.constant_bytes}};
  document["memory"] = describe(memory_need(plan));
  for (const Step& step : plan.steps) {
    ordered_json entry{{"name", step.name}, {"flops", step.flops}, {"bytes", step.bytes}};
    entry["kernel"] = kernel_of(step);
    std::visit(WorkVisitor{entry}, step.work);
    if (step.choices.algorithm) entry["way"] = describe(*step.choices.algorithm);
    if (step.choices.kernel) entry["kernel_choice"] = describe(*step.choices.kernel);
    document["steps"].push_back(std::move(entry));
  }
  for (const Resource& resource : plan.resources) {
    document["resources"].push_back(describe(resource));
  }
  return document.dump(2);
}

}  // namespace gfnet::plan
