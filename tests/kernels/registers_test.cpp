// Kernels on devices whose compilers have few registers (DeviceFacts::registers).
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "kernels/line_split.h"
#include "kernels/linear_kernels.h"
#include "kernels/spectral_kernels.h"
#include "kernels/tiled_kernels.h"
#include "support/device_facts.h"

using namespace gfnet;
using kernels::DeviceFacts;
using kernels::LinearKernel;
using kernels::LinearLayer;

namespace {

DeviceFacts gpu(std::uint32_t registers) {
  DeviceFacts device = test::gpu_facts();
  device.registers = registers;
  return device;
}

std::vector<LinearKernel> kernels_of(DType type, std::int64_t rows, const DeviceFacts& device) {
  const LinearLayer layer{384, 1536, true, false, type, type};
  return kernels::linear_kernels(layer, kernels::linear_algorithms(layer, device).front(), rows,
                                 device);
}

}  // namespace

TEST_CASE("registers: the rule takes a kernel that fits, and keeps the others as candidates") {
  for (const std::uint32_t registers : {54U, 66U, 110U, 120U}) {
    for (const bool packs_halves : {false, true}) {
      DeviceFacts device = gpu(registers);
      device.packs_halves = packs_halves;
      for (const DType type : {DType::kF32, DType::kF16}) {
        for (const std::int64_t rows : {1, 20, 196, 1568, 6272, 100'000}) {
          CAPTURE(registers);
          CAPTURE(packs_halves);
          CAPTURE(rows);
          const std::vector<LinearKernel> kernels = kernels_of(type, rows, device);
          // Halves that are not packed need more than floats: 74 at least.
          const bool some_fit = registers > 74 || packs_halves || type == DType::kF32;
          CHECK((kernels.front().registers(device) <= registers) == some_fit);
          // Those that fit come first, each group in the order of the rule.
          CHECK(std::ranges::is_partitioned(
              kernels, [&](const LinearKernel& kernel) { return kernel.fits_registers(device); }));
          const auto is_large = [](const LinearKernel& kernel) {
            return kernel.tile_rows == 128 && kernel.tile_columns == 128;
          };
          CHECK(std::ranges::any_of(kernels, is_large));
        }
      }
    }
  }
}

TEST_CASE("registers: if no kernel fits, the one that needs fewest comes first") {
  const DeviceFacts device = gpu(1);
  for (const DType type : {DType::kF32, DType::kF16}) {
    const std::vector<LinearKernel> kernels = kernels_of(type, 1568, device);
    CHECK(std::ranges::is_sorted(
        kernels, {}, [&](const LinearKernel& kernel) { return kernel.registers(device); }));
  }
}

TEST_CASE("registers: a device without a known number has the same candidates as before") {
  const auto count = [](std::uint32_t registers) {
    const LinearLayer layer{384, 1536, true, false};
    return kernels::tiled_kernels(layer, 1568, gpu(registers)).size();
  };
  CHECK(count(0) == 5);
  CHECK(count(110) == 6);
  CHECK(count(54) == 7);
  CHECK(count(44) == 8);
}

TEST_CASE("registers: matrix units run in subgroups that are narrow enough") {
  // As on Intel's DG2: 128 registers of eight lanes each.
  DeviceFacts device = gpu(110);
  device.registers_width = 8;
  device.matrix_shapes = {{8, 8, 16}};
  device.subgroup_widths = {8, 16, 32};
  CHECK(device.registers_at(8) == 110);
  CHECK(device.registers_at(16) == 55);
  CHECK(device.registers_at(32) == 27);
  const std::vector<LinearKernel> kernels = kernels_of(DType::kF16, 1568, device);
  CHECK(kernels.front().fits_registers(device));
  CHECK(std::get<kernels::LinearMatrixConstants>(kernels.front().constants).subgroup_width() == 16);
}

TEST_CASE("registers: where large workgroups lack registers, kernels run in small ones") {
  // As on PowerVR's AXE series.
  DeviceFacts device = gpu(44);
  device.registers_workgroup = 32;
  for (const std::int64_t rows : {20, 196, 100'000}) {
    const std::vector<LinearKernel> kernels = kernels_of(DType::kF32, rows, device);
    CHECK(kernels.front().fits_registers(device));
    const auto& tile = std::get<kernels::LinearTiledConstants>(kernels.front().constants);
    CHECK(tile.local_size_x * tile.local_size_y == 32);
    CHECK(kernels.size() == kernels_of(DType::kF32, rows, gpu(44)).size() + 1);
  }
  for (const kernels::SpectralKernel& kernel :
       kernels::spectral_kernels({{8, 8}, 64, DType::kF32}, 1, device)) {
    CHECK(kernel.channels * kernel.lines <= 32);
  }
}

TEST_CASE("registers: a grid whose lines do not fit them is transformed by VkFFT") {
  using graph::SpectralForm;
  const auto form = [](std::int64_t side, std::uint32_t registers) {
    return kernels::default_spectral_form({side, side}, gpu(registers));
  };
  CHECK(form(28, 0) == SpectralForm::kFused);
  CHECK(form(28, 120) == SpectralForm::kFused);
  CHECK(form(28, 110) == SpectralForm::kVkfft);
  CHECK(form(14, 110) == SpectralForm::kFused);
  CHECK(form(14, 66) == SpectralForm::kVkfft);
  CHECK(form(8, 66) == SpectralForm::kFused);
  CHECK(form(8, 44) == SpectralForm::kVkfft);
  // The fused form stays a candidate, which the tuner may measure.
  const kernels::SpectralLayer layer{{28, 28}, 64, DType::kF32};
  const auto algorithms = kernels::spectral_algorithms(layer, gpu(110));
  CHECK(algorithms.front().form == SpectralForm::kVkfft);
  CHECK(std::ranges::any_of(algorithms, [](const kernels::SpectralAlgorithm& algorithm) {
    return algorithm.form == SpectralForm::kFused;
  }));
}
