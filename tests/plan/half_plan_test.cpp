#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "gfnet/error.h"
#include "kernels/linear_kernels.h"
#include "plan/plan.h"
#include "support/example_graph.h"
#include "support/expanded.h"

using namespace gfnet;
using gfnet::test::example_graph;

namespace {

kernels::DeviceFacts gpu_with_halves() {
  kernels::DeviceFacts gpu;
  gpu.max_shared_memory = 48u << 10;
  gpu.max_workgroup_invocations = 1024;
  gpu.half_storage = true;
  gpu.half_arithmetic = true;
  gpu.matrix_shapes = {{16, 8, 8}, {16, 16, 16}, {64, 4, 64}};
  gpu.subgroup_widths = {32, 64};
  return gpu;
}

std::set<std::string> shaders_of(const plan::Plan& plan) {
  std::set<std::string> shaders;
  for (const plan::Step& step : plan.steps) shaders.insert(plan::kernel_of(step));
  return shaders;
}

}  // namespace

TEST_CASE("products of halves use the device's best arithmetic for any number of rows") {
  kernels::DeviceFacts matrix = gpu_with_halves();
  kernels::DeviceFacts packed = matrix;
  packed.matrix_shapes.clear();
  kernels::DeviceFacts storage = packed;
  storage.half_arithmetic = false;
  kernels::DeviceFacts software = packed;
  software.software = true;
  using kernels::Arithmetic;
  for (const auto& [device, arithmetic] :
       {std::pair{matrix, Arithmetic::kMatrix}, std::pair{packed, Arithmetic::kHalf},
        std::pair{storage, Arithmetic::kFloat}, std::pair{software, Arithmetic::kFloat}}) {
    for (const std::int64_t rows : {1, 20, 196, 6272}) {
      for (const DType out : {DType::kF16, DType::kF32}) {
        const kernels::LinearLayer layer{384, 1536, true, false, DType::kF16, out};
        const auto algorithms = kernels::linear_algorithms(layer, device);
        CHECK(algorithms.size() == (arithmetic == Arithmetic::kMatrix ? 2 : 1));
        for (const kernels::LinearAlgorithm& algorithm : algorithms) {
          CAPTURE(algorithm.name);
          const auto kernels = kernels::linear_kernels(layer, algorithm, rows, device);
          REQUIRE(!kernels.empty());
          std::set<std::string> names;
          std::set<std::uint32_t> widths;
          for (const kernels::LinearKernel& kernel : kernels) {
            CAPTURE(kernel.name);
            CHECK(names.insert(kernel.name).second);
            CHECK(kernel.arithmetic == arithmetic);
            const auto workgroup = kernel.specialization(false, false, false).workgroup;
            CHECK(workgroup[0] * workgroup[1] <= device.max_workgroup_invocations);
            CHECK(kernel.shader.ends_with("_f16_f32") ==
                  (out == DType::kF32 && kernel.shader != "linear_broadcast"));
            if (arithmetic != Arithmetic::kMatrix) continue;
            // The largest matrix shape that the shader can use.
            const auto& constants = std::get<kernels::LinearMatrixConstants>(kernel.constants);
            CHECK(constants.rows == 16);
            CHECK(constants.columns == 16);
            CHECK(constants.inner == 16);
            widths.insert(workgroup[0]);
            CHECK(constants.transposed == (algorithm.name == "transposed"));
            CHECK(algorithm.block_columns == (constants.transposed ? 1 : 0));
          }
          if (arithmetic != Arithmetic::kMatrix) continue;
          CHECK(kernels.front().specialization(false, false, false).workgroup[0] == 32);
          CHECK(widths == std::set<std::uint32_t>{32, 64});
        }
      }
    }
  }
  // Ten classes are not a multiple of a vector of eight halves.
  const kernels::LinearLayer head{384, 10, false, false, DType::kF16, DType::kF32};
  const auto algorithms = kernels::linear_algorithms(head, matrix);
  CHECK(algorithms.size() == 1);
  for (const auto& kernel : kernels::linear_kernels(head, algorithms.front(), 64, matrix)) {
    CHECK(kernel.arithmetic == Arithmetic::kHalf);
  }
}

TEST_CASE("a half-precision plan uses the half variants and less memory") {
  test::Choosing how{test::always(graph::SpectralForm::kFused)};
  const plan::Plan single = plan::make_plan(example_graph(how), 2, gpu_with_halves());
  how.storage = DType::kF16;
  const graph::Graph graph = example_graph(how);
  const plan::Plan half = plan::make_plan(graph, 2, gpu_with_halves());
  CHECK(plan::precision_of(single) == "fp32");
  CHECK(plan::precision_of(half) == "fp16");
  const std::set<std::string> shaders = shaders_of(half);
  for (const char* wanted : {"patches_f32_f16", "token_statistics", "spectral_filter_f32_f16",
                             "layer_norm_f16", "layer_norm_f32_f16", "token_mean_f16"}) {
    CAPTURE(wanted);
    CHECK(shaders.contains(wanted));
  }
  CHECK(half.constant_bytes < single.constant_bytes);
  CHECK(half.arena_bytes < single.arena_bytes);
  for (const plan::Output& output : half.outputs) {
    CHECK(half.resources[output.resource].dtype == DType::kF32);
  }
  CHECK(nlohmann::json::parse(plan::to_json(half))["precision"] == "fp16");
  kernels::DeviceFacts without;
  without.name = "an old device";
  CHECK_THROWS_WITH_AS(plan::make_plan(graph, 2, without),
                       doctest::Contains("not supported on an old device: half precision"),
                       UnsupportedError);
}
