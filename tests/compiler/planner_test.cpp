// The precision of a model on devices that gfnet check has found something out about.
#include "compiler/planner.h"

#include <doctest/doctest.h>

#include <utility>

#include "gfnet/error.h"
#include "support/device_facts.h"
#include "support/reference_files.h"

using namespace gfnet;

namespace {

Precision settled(Precision wanted, kernels::SwitchedOff off) {
  kernels::DeviceFacts facts = test::gpu_facts();
  facts.switched_off = std::move(off);
  ClassifierOptions options;
  options.precision = wanted;
  return compiler::fold_model(Model::load(test::reference_file("flat-8x8-32px.pth")), options,
                              facts)
      .precision();
}

}  // namespace

TEST_CASE("planner: networks that are wrong in half precision run in single precision") {
  CHECK(settled(Precision::kAuto, {}) == Precision::kFp16);
  for (const char* network : {"flat network fp16", "pyramid network fp16"}) {
    CHECK(settled(Precision::kAuto, {network}) == Precision::kFp32);
    CHECK(settled(Precision::kFp32, {network}) == Precision::kFp32);
    CHECK_THROWS_WITH_AS(settled(Precision::kFp16, {network}),
                         doctest::Contains("computes wrongly from end to end (see gfnet check"),
                         UnsupportedError);
  }
}

TEST_CASE("planner: networks that are wrong in single precision do not run in it") {
  for (const char* network : {"flat network fp32", "pyramid network fp32"}) {
    CHECK(settled(Precision::kAuto, {network}) == Precision::kFp16);
    CHECK_THROWS_WITH_AS(settled(Precision::kFp32, {network}),
                         doctest::Contains("networks in single precision"), UnsupportedError);
    CHECK_THROWS_AS(settled(Precision::kAuto, {network, "flat network fp16"}), UnsupportedError);
  }
}
