#include "runtime/device_context.h"

#include <doctest/doctest.h>

#include "gfnet/error.h"
#include "kernels/shaders/patches.h"
#include "kernels/shaders/token_mean.h"
#include "support/context_fixture.h"

using namespace gfnet;
using gfnet::test::ContextFixture;

namespace {

plan::Plan plan_of(const std::vector<plan::KernelStep>& kernels) {
  plan::Plan plan;
  for (const plan::KernelStep& kernel : kernels) {
    plan::Step step;
    step.work = kernel;
    plan.steps.push_back(step);
  }
  return plan;
}

plan::KernelStep kernel(const std::string& shader, const Specialization& specialization) {
  plan::KernelStep step;
  step.kernel = shader;
  step.specialization = specialization;
  return step;
}

Specialization patches_of(std::uint32_t width, std::uint32_t height) {
  return kernels::specialize(kernels::PatchesConstants{width, height});
}
Specialization token_mean_of(std::uint32_t width) {
  return kernels::specialize(kernels::TokenMeanConstants{width});
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "a plan's pipelines are made together and each only once") {
  const plan::Plan plan =
      plan_of({kernel("patches", patches_of(8, 4)), kernel("token_mean", token_mean_of(8)),
               kernel("patches", patches_of(8, 4)), kernel("patches", patches_of(4, 8))});
  context().compile_pipelines(plan);
  CHECK(context().pipeline_count() == 3);
  const vulkan::Pipeline* const patches = &context().pipeline("patches", patches_of(8, 4));
  context().compile_pipelines(plan);
  CHECK(context().pipeline_count() == 3);
  CHECK(patches == &context().pipeline("patches", patches_of(8, 4)));
  CHECK(patches->workgroup_size() == std::array<std::uint32_t, 3>{8, 4, 1});
  CHECK(context().pipeline("patches", patches_of(4, 8)).workgroup_size() ==
        std::array<std::uint32_t, 3>{4, 8, 1});
}

TEST_CASE_FIXTURE(ContextFixture, "the plan's first pipeline that cannot be made is reported") {
  const std::uint32_t too_wide = 2 * context().facts().max_workgroup_invocations;
  const plan::Plan plan =
      plan_of({kernel("patches", patches_of(8, 4)), kernel("token_mean", token_mean_of(too_wide)),
               kernel("no such shader", token_mean_of(8)), kernel("patches", token_mean_of(8))});
  for (int round = 0; round < 10; ++round) {
    CHECK_THROWS_WITH_AS(context().compile_pipelines(plan), doctest::Contains("'token_mean'"),
                         UnsupportedError);
  }
  CHECK(context().pipeline_count() == 0);
}
