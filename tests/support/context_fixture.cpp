#include "support/context_fixture.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string_view>

namespace gfnet::test {
bool wants_validation() {
  const char* setting = std::getenv("GFNET_VALIDATION");
  return setting == nullptr || std::string_view(setting) != "0";
}

std::string wanted_device() {
  const char* name = std::getenv("GFNET_DEVICE");
  return name == nullptr ? "" : name;
}

ContextFixture::ContextFixture()
    : context_(std::make_unique<tuning::TunedDevice>(wanted_device(), wants_validation(), "")),
      facts_(context_->facts()) {}

ContextFixture::~ContextFixture() {
  const auto instance = context_->instance();
  context_.reset();  // validation messages of its destruction count too
  for (const std::string& message : instance->validation_messages()) {
    FAIL_CHECK(message);
  }
}

void ContextFixture::use_gpu_kernels() {
  facts_.software = false;
  facts_.max_shared_memory = 12u << 10;
}

selfcheck::Outputs ContextFixture::run(const graph::Graph& graph, std::int64_t batch,
                                       const std::vector<float>& input,
                                       const kernels::MeasuredChoices& choices) {
  return run(plan::make_plan(graph, batch, facts_, choices),
             selfcheck::stored(graph.value(graph.inputs().front()), batch, input));
}

selfcheck::Outputs ContextFixture::run(plan::Plan plan, std::span<const std::byte> input) {
  return selfcheck::run_plan(*context_, std::move(plan), input).front();
}

}  // namespace gfnet::test
