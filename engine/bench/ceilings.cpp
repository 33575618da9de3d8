#include "bench/ceilings.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "kernels/shaders/ceiling.h"
#include "runtime/elapsed.h"
#include "vulkan/commands/command_recorder.h"
#include "vulkan/memory/buffer.h"
#include "vulkan/memory/memory.h"
#include "vulkan/pipelines/shader_library.h"

namespace gfnet::bench {
namespace {

/// Least duration of a measured run, in seconds. The duration is long enough that the cost of a
/// submission does not matter, and far shorter than the time after which systems consider a device
/// hung.
constexpr double kLongEnough = 0.05;
constexpr int kRuns = 3;
constexpr std::uint32_t kLargestScale = 1u << 24;

/// Size of the buffer whose copy is measured, in bytes: twice the size of GPUs' caches.
/// kSoftwareCopyBytes: the size for software drivers, because processors have smaller caches and
/// slower memory than GPUs.
constexpr std::uint64_t kCopyBytes = 256u << 20;
constexpr std::uint64_t kSoftwareCopyBytes = 64u << 20;

double run_seconds(vulkan::Device& device, const vulkan::Recording& recording) {
  const auto start = std::chrono::steady_clock::now();
  device.submit(recording).wait();
  return runtime::seconds_since(start);
}

/// Returns the best measured rate, in `work` per second. work: an amount of FLOP or bytes.
/// record(scale) returns commands that do this amount `scale` times. The scale is doubled until a
/// run takes kLongEnough.
double best_rate(vulkan::Device& device, double work,
                 const std::function<vulkan::Recording(std::uint32_t scale)>& record) {
  run_seconds(device, record(1));  // software drivers compile with the first run
  for (std::uint32_t scale = 1;; scale *= 2) {
    const vulkan::Recording recording = record(scale);
    double best = run_seconds(device, recording);
    if (best < kLongEnough && scale < kLargestScale) continue;
    for (int run = 1; run < kRuns; ++run) best = std::min(best, run_seconds(device, recording));
    // A rising clock may have made a later run too short.
    if (best >= kLongEnough || scale >= kLargestScale) return work * scale / best;
  }
}

/// A shader that computes in registers only, such as ceiling_fma, and how to run this shader.
struct Arithmetic {
  std::string shader;
  std::uint32_t threads = 0;
  /// Sets of specialisation constants to try.
  std::vector<kernels::CeilingFmaConstants> variants;
  /// Floating-point operations when every thread updates one accumulator (a vector of four) once.
  double flops = 0;
};

/// Runs the shader with each set of constants. Returns the FLOP/s of the fastest set.
double arithmetic_rate(runtime::DeviceContext& context, const Arithmetic& arithmetic) {
  vulkan::Device& device = context.device();
  const std::uint64_t bytes = arithmetic.threads * sizeof(float);
  const vulkan::Memory memory(device, bytes, vulkan::MemoryKind::kDeviceLocal);
  const vulkan::Buffer result(device, memory, bytes);
  const vulkan::Binding bindings[] = {{&result, Access::kWrite}};
  double best = 0;
  for (const kernels::CeilingFmaConstants& variant : arithmetic.variants) {
    const vulkan::Pipeline& pipeline =
        context.pipeline(arithmetic.shader, kernels::specialize(variant));
    const double flops = arithmetic.flops * variant.vectors * GFNET_CEILING_UNROLL;
    const auto record = [&](std::uint32_t passes) {
      vulkan::CommandRecorder recorder(device);
      recorder.dispatch(pipeline, bindings,
                        parameters::CeilingArithmeticParameters{passes, 0.75f, 0.5f},
                        {arithmetic.threads, 1, 1});
      return recorder.finish();
    };
    best = std::max(best, best_rate(device, flops, record));
  }
  return best;
}

double fma_rate(runtime::DeviceContext& context, const std::string& shader) {
  const kernels::DeviceFacts facts = context.facts();
  Arithmetic arithmetic;
  arithmetic.shader = shader;
  const std::uint32_t workgroup =
      facts.software ? 8 : std::min<std::uint32_t>(256, facts.max_workgroup_invocations);
  // On a GPU: enough to fill the largest one several times.
  arithmetic.threads = facts.software ? 1u << 12 : 1u << 20;
  // Few accumulators fit into a processor's registers; many hide a GPU's latencies. Where fma() is
  // a function call, a product and a sum are faster.
  arithmetic.variants = {{workgroup, 3, true}, {workgroup, 8, true}, {workgroup, 8, false}};
  arithmetic.flops = 2.0 * 4 * arithmetic.threads;
  return arithmetic_rate(context, arithmetic);
}

/// FLOP/s of ceiling_matrix: the best over the device's matrix shapes and subgroup sizes. nullopt
/// if the device has no matrix units or the build has no such shader.
std::optional<double> matrix_rate(runtime::DeviceContext& context) {
  vulkan::Device& device = context.device();
  const vulkan::DeviceInfo& info = device.info();
  if (info.matrix_shapes.empty() || vulkan::find_shader_if("ceiling_matrix") == nullptr) {
    return std::nullopt;
  }
  // Enough to fill the largest GPU several times.
  constexpr std::uint32_t kSubgroups = 1u << 14;
  constexpr std::uint32_t kSubgroupsOfGroup = 4;
  const std::uint64_t bytes = kSubgroups * 4 * sizeof(float);
  const vulkan::Memory memory(device, bytes, vulkan::MemoryKind::kDeviceLocal);
  const vulkan::Buffer result(device, memory, bytes);
  const vulkan::Binding bindings[] = {{&result, Access::kWrite}};
  double best = 0;
  const auto measure = [&](const vulkan::MatrixShape& shape, std::uint32_t width,
                           std::uint32_t chains) {
    const kernels::CeilingMatrixConstants constants{.local_size_x = width,
                                                    .local_size_y = kSubgroupsOfGroup,
                                                    .rows = shape.rows,
                                                    .columns = shape.columns,
                                                    .inner = shape.inner,
                                                    .chains = chains};
    const vulkan::Pipeline& pipeline =
        context.pipeline("ceiling_matrix", kernels::specialize(constants));
    const double flops = 2.0 * shape.rows * shape.columns * shape.inner * chains * kSubgroups;
    const auto record = [&](std::uint32_t iterations) {
      vulkan::CommandRecorder recorder(device);
      recorder.dispatch(pipeline, bindings, parameters::CeilingParameters{iterations},
                        {width, kSubgroups, 1});
      return recorder.finish();
    };
    best = std::max(best, best_rate(device, flops, record));
  };
  for (const vulkan::MatrixShape& shape : info.matrix_shapes) {
    for (const std::uint32_t width : vulkan::subgroup_widths(info)) {
      if (width * kSubgroupsOfGroup > info.max_workgroup_invocations) continue;
      for (const std::uint32_t chains : {2u, 4u, 8u}) measure(shape, width, chains);
    }
  }
  return best;
}

/// Bytes read plus bytes written per second when a large buffer is copied: with the driver's copy
/// command or with a shader, whichever is faster.
double copy_rate(runtime::DeviceContext& context) {
  vulkan::Device& device = context.device();
  const kernels::DeviceFacts facts = context.facts();
  const std::uint64_t bytes = std::min({facts.software ? kSoftwareCopyBytes : kCopyBytes,
                                        facts.max_buffer_bytes, device.info().memory_bytes / 8}) /
                              4096 * 4096;
  const vulkan::Memory source_memory(device, bytes, vulkan::MemoryKind::kDeviceLocal);
  const vulkan::Memory target_memory(device, bytes, vulkan::MemoryKind::kDeviceLocal);
  const vulkan::Buffer source(device, source_memory, bytes);
  const vulkan::Buffer target(device, target_memory, bytes);
  {
    // Pages that were never written may all be mapped to a single page of zeros.
    vulkan::CommandRecorder recorder(device);
    recorder.fill(source, 0, bytes, 0x3F800000);
    recorder.fill(target, 0, bytes, 0);
    const vulkan::Recording recording = recorder.finish();
    device.submit(recording).wait();
  }
  const double moved = 2.0 * static_cast<double>(bytes);
  const double by_command = best_rate(device, moved, [&](std::uint32_t scale) {
    vulkan::CommandRecorder recorder(device);
    for (std::uint32_t i = 0; i < scale; ++i) recorder.copy(source, target, bytes);
    return recorder.finish();
  });

  const auto vectors = static_cast<std::uint32_t>(bytes / 16);
  const parameters::CeilingCopyParameters push{vectors, vectors / 4};
  const std::uint32_t workgroup = std::min<std::uint32_t>(256, facts.max_workgroup_invocations);
  const vulkan::Pipeline& pipeline = context.pipeline(
      "ceiling_copy", kernels::specialize(kernels::CeilingCopyConstants{workgroup}));
  const double by_shader = best_rate(device, moved, [&](std::uint32_t scale) {
    vulkan::CommandRecorder recorder(device);
    const vulkan::Binding bindings[] = {{&source, Access::kRead}, {&target, Access::kWrite}};
    for (std::uint32_t i = 0; i < scale; ++i) {
      recorder.dispatch(pipeline, bindings, push, {push.stride, 1, 1});
    }
    return recorder.finish();
  });
  return std::max(by_command, by_shader);
}

}  // namespace

Ceilings measure_ceilings(runtime::DeviceContext& context) {
  Ceilings ceilings;
  ceilings.fp32_flops_per_second = fma_rate(context, "ceiling_fma");
  if (context.device().info().fp16_arithmetic) {
    ceilings.fp16_flops_per_second = fma_rate(context, "ceiling_fma_fp16");
  }
  ceilings.matrix_flops_per_second = matrix_rate(context);
  ceilings.copy_bytes_per_second = copy_rate(context);
  context.save_pipelines();
  return ceilings;
}

}  // namespace gfnet::bench
