#include "kernels/linear_kernels.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "kernels/choices.h"
#include "support/device_facts.h"

using namespace gfnet;

TEST_CASE("batches that share a key have the same candidates and all tiles that fit") {
  const kernels::DeviceFacts gpu = test::gpu_facts();
  kernels::DeviceFacts matrix = gpu;
  matrix.matrix_shapes = {{16, 16, 16}};
  matrix.subgroup_widths = {32};
  kernels::DeviceFacts software = gpu;
  software.software = software.subgroup_broadcast = true;
  software.subgroup_size = 8;
  software.subgroup_widths = {8};
  software.max_texel_elements = 1u << 20;
  for (const kernels::DeviceFacts& device : {gpu, matrix, software}) {
    for (const DType dtype : {DType::kF32, DType::kF16}) {
      const kernels::LinearLayer layer{1536, 384, false, true, dtype, DType::kF32};
      for (const kernels::LinearAlgorithm& algorithm : kernels::linear_algorithms(layer, device)) {
        std::map<std::string, std::uint64_t> digests;
        for (std::int64_t rows = 1; rows < 20'000; rows += rows < 300 ? 1 : 97) {
          CAPTURE(rows);
          const auto kernels = kernels::linear_kernels(layer, algorithm, rows, device);
          const graph::Choice choice =
              kernels::choose(kernels::kernel_key(layer, algorithm, rows, device), kernels, {});
          const auto known = digests.try_emplace(choice.key, choice.digest).first;
          CHECK(known->second == choice.digest);
          const auto is_large = [](const kernels::LinearKernel& kernel) {
            return kernel.tile_rows == 128 && kernel.tile_columns == 128;
          };
          // Even with few rows: the rule only decides which candidate comes first.
          CHECK(std::ranges::any_of(kernels, is_large) == !device.software);
        }
      }
    }
  }
}

TEST_CASE("a GPU's products use tiles that fit it and larger ones for more rows") {
  kernels::DeviceFacts least;  // the limits that every Vulkan device guarantees
  kernels::DeviceFacts gpu;
  gpu.max_shared_memory = 48u << 10;
  gpu.max_workgroup_invocations = 1024;
  kernels::DeviceFacts none;
  none.max_shared_memory = 1024;
  std::int64_t tile_before = 0;
  for (const std::int64_t rows : {1, 20, 196, 6272, 100'000}) {
    CAPTURE(rows);
    const kernels::LinearLayer layer{384, 1536, true, false};
    const auto kernels_of = [&](const kernels::DeviceFacts& device) {
      return kernels::linear_kernels(layer, kernels::linear_algorithms(layer, device).front(), rows,
                                     device);
    };
    for (const auto& device : {least, gpu}) {
      std::set<std::string> names;
      const auto kernels = kernels_of(device);
      for (const kernels::LinearKernel& kernel : kernels) {
        CAPTURE(kernel.name);
        CHECK(names.insert(kernel.name).second);
        const auto workgroup = kernel.specialization(false, false, false).workgroup;
        CHECK(workgroup[0] * workgroup[1] <= device.max_workgroup_invocations);
      }
      CHECK(std::ranges::count(kernels, "linear_tiled", &kernels::LinearKernel::shader) > 0);
      // The kernel without shared memory is offered too.
      CHECK(std::ranges::count(kernels, "linear", &kernels::LinearKernel::shader) > 0);
    }
    const kernels::LinearKernel first = kernels_of(gpu).front();
    if (rows < 16) {
      CHECK(first.shader == "linear");
      continue;
    }
    CHECK(first.shader == "linear_tiled");
    CHECK(first.tile_rows * first.tile_columns >= tile_before);
    tile_before = first.tile_rows * first.tile_columns;
    for (const kernels::LinearKernel& kernel : kernels_of(none)) {
      CHECK(kernel.shader == "linear");
    }
  }
  CHECK(tile_before == 128 * 128);
}
