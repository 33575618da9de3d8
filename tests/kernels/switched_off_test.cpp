// Kernels that are switched off: the next best takes their place, and plans never use them.
#include "kernels/switched_off.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "gfnet/error.h"
#include "kernels/linear_kernels.h"
#include "kernels/spectral_kernels.h"
#include "kernels/spectral_layer.h"
#include "support/device_facts.h"

using namespace gfnet;
using kernels::Arithmetic;
using kernels::DeviceFacts;

namespace {

DeviceFacts matrix_gpu() {
  DeviceFacts gpu = test::gpu_facts();
  gpu.matrix_shapes = {{16, 16, 16}};
  gpu.subgroup_widths = {32};
  return gpu;
}

/// The kernels for 300 rows by each algorithm.
std::vector<kernels::LinearKernel> kernels_of(const kernels::LinearLayer& layer,
                                              const DeviceFacts& device) {
  std::vector<kernels::LinearKernel> all;
  for (const auto& algorithm : kernels::linear_algorithms(layer, device)) {
    const auto some = kernels::linear_kernels(layer, algorithm, 300, device);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

void switch_off(DeviceFacts& device, const std::vector<kernels::LinearKernel>& kernels) {
  for (const kernels::LinearKernel& kernel : kernels) {
    device.switched_off.insert(
        kernels::kernel_name(kernel.shader, kernel.specialization(true, false, false)));
  }
}

/// The stems of the shaders that compute the layer, as each in turn is switched off.
std::vector<std::string> ladder(const kernels::LinearLayer& layer, DeviceFacts device) {
  std::vector<std::string> stems;
  for (auto kernels = kernels_of(layer, device); !kernels.empty();
       kernels = kernels_of(layer, device)) {
    const std::string shader = kernels.front().shader;
    std::string stem = shader.substr(0, shader.find("_f16"));
    std::erase_if(kernels, [&](const auto& kernel) { return kernel.shader != shader; });
    switch_off(device, kernels);
    if (stems.empty() || stems.back() != stem) stems.push_back(std::move(stem));
  }
  return stems;
}

}  // namespace

TEST_CASE("switched off: matrix units, packed halves, tiles, then the plain kernel") {
  using Stems = std::vector<std::string>;
  const kernels::LinearLayer halves{384, 1536, true, false, DType::kF16, DType::kF16};
  const kernels::LinearLayer floats{384, 1536, true, false};
  CHECK(ladder(halves, matrix_gpu()) ==
        Stems{"linear_matrix", "linear_packed", "linear_tiled", "linear"});
  CHECK(ladder(floats, matrix_gpu()) == Stems{"linear_tiled", "linear"});
  CHECK(ladder(floats, test::software_facts()) == Stems{"linear_broadcast", "linear"});
}

TEST_CASE("switched off: one kernel leaves the others, in one arithmetic") {
  const kernels::LinearLayer layer{384, 1536, true, false, DType::kF16, DType::kF16};
  DeviceFacts device = matrix_gpu();
  const auto before = kernels_of(layer, device);
  switch_off(device, {before.front()});
  const auto after = kernels_of(layer, device);
  CHECK(after.size() == before.size() - 1);
  for (const auto& kernel : after) {
    CHECK(kernel.arithmetic == Arithmetic::kMatrix);
    CHECK(kernel.description() != before.front().description());
  }
}

TEST_CASE("switched off: a spectral layer by other factors, by lines, by VkFFT, then not at all") {
  const kernels::SpectralLayer layer{{14, 14}, 384};
  for (const bool software : {false, true}) {
    CAPTURE(software);
    DeviceFacts device = software ? test::software_facts() : matrix_gpu();
    std::vector<std::string> names;
    const auto first = [&] { return kernels::spectral_algorithms(layer, device).front(); };
    for (int i = 0; i < 2; ++i) {
      const kernels::SpectralAlgorithm algorithm = first();
      REQUIRE(algorithm.form == graph::SpectralForm::kFused);
      names.push_back(algorithm.name);
      while (kernels::fused_runs(layer, algorithm.factors, device)) {
        for (const auto& kernel :
             kernels::usable_spectral_kernels(layer, algorithm.factors, 1, device)) {
          device.switched_off.insert(kernels::kernel_name(
              kernel.shader, kernels::specialize(kernel.constants(layer.grid, algorithm.factors))));
        }
        device.max_texel_elements = device.max_texel_elements > 65536 ? 65536 : 0;
      }
    }
    CHECK(names[0] != names[1]);
    const auto lines = graph::SpectralForm::kLines, vkfft = graph::SpectralForm::kVkfft;
    CHECK(first().form == (software ? lines : vkfft));
    device.switched_off.insert(kernels::algorithm_name(first().form, layer.grid));
    CHECK(first().form == (software ? vkfft : lines));
    device.switched_off.insert(kernels::algorithm_name(first().form, layer.grid));
    CHECK_THROWS_AS(kernels::spectral_algorithms(layer, device), UnsupportedError);
    // Another grid is as it was.
    CHECK(kernels::spectral_algorithms({{7, 7}, 384}, device).front().form ==
          graph::SpectralForm::kFused);
  }
}
