#include "bench/spectral_timing.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <list>
#include <numeric>
#include <random>
#include <utility>

#include "kernels/shaders/ceiling.h"
#include "passes/passes.h"
#include "runtime/timed_pipeline.h"
#include "vulkan/commands/command_recorder.h"

namespace gfnet::bench {
namespace {

using graph::SpectralForm;

/// A graph of one spectral layer: two normalisations with the global filter between them, as in a
/// folded model. The filter's weights are random.
graph::Graph layer_graph(const kernels::SpectralLayer& layer) {
  const std::int64_t width = graph::spectrum_width(layer.grid.width);
  Shape filter_shape{layer.grid.height, width, layer.channels, 2};
  std::vector<float> filter(static_cast<std::size_t>(filter_shape.elements()));
  std::mt19937 engine(runtime::kMeasurementSeed);
  std::normal_distribution<float> distribution;
  for (float& value : filter) value = distribution(engine);
  graph::Graph graph;
  auto x = graph.add_input("x", {layer.grid.area(), layer.channels}, graph::Layout::kTokens);
  x = graph.add_node("norm1", graph::LayerNorm{}, {x});
  const auto k = graph.add_constant("k", std::move(filter_shape), std::move(filter));
  x = graph.add_node("filter", graph::GlobalFilter{layer.grid}, {x, k});
  graph.mark_output(graph.add_node("norm2", graph::LayerNorm{}, {x}));
  return graph;
}

/// The layer with one SpectralForm, as a pipeline on the device, ready to be run and timed.
class Candidate {
 public:
  Candidate(runtime::DeviceContext& context, const kernels::SpectralLayer& layer,
            std::int64_t batch, const kernels::MeasuredChoices& choices, SpectralForm form)
      : constants_(context.device()),
        pipeline_(context, plan_of(context, layer, batch, choices, form), constants_,
                  {.timestamps = true}),
        timed_(context, pipeline_) {}

  std::uint64_t tensor_bytes() const { return pipeline_.input().bytes(); }

  /// Runs the layer once. Returns the sum of the times of all steps except the last step, which is
  /// the normalisation after the filter. In seconds on the device's clock.
  double run() {
    timed_.run();
    const std::vector<double> steps = pipeline_.step_seconds();
    return std::accumulate(steps.begin(), steps.end() - 1, 0.0);
  }

 private:
  plan::Plan plan_of(runtime::DeviceContext& context, const kernels::SpectralLayer& layer,
                     std::int64_t batch, const kernels::MeasuredChoices& choices,
                     SpectralForm form) {
    const graph::Graph chosen =
        kernels::choose_spectral(layer_graph(layer), layer.storage, [&](const auto& same) {
          return kernels::choose_spectral_algorithm(same, context.facts(), choices.algorithms,
                                                    form);
        });
    plan::Plan plan =
        plan::make_plan(passes::expand(chosen, layer.storage), batch, context.facts(), choices);
    constants_.upload(plan);
    return plan;
  }

  runtime::ConstantStore constants_;
  runtime::BatchPipeline pipeline_;
  runtime::TimedPipeline timed_;
};

/// Copies a tensor with the driver's copy command and with a shader. The times of the candidates
/// are compared with the time of such a copy.
class Copy {
 public:
  Copy(runtime::DeviceContext& context, std::uint64_t bytes)
      : device_(context.device()),
        source_memory_(device_, bytes, vulkan::MemoryKind::kDeviceLocal),
        target_memory_(device_, bytes, vulkan::MemoryKind::kDeviceLocal),
        source_(device_, source_memory_, bytes),
        target_(device_, target_memory_, bytes),
        timestamps_(device_, 3),
        recording_(record(context, bytes)) {
    // Pages that were never written may all be mapped to a single page of zeros.
    vulkan::CommandRecorder recorder(device_);
    recorder.fill(source_, 0, bytes, 0x3F800000);
    const vulkan::Recording filling = recorder.finish();
    device_.submit(filling).wait();
  }

  /// Runs both copies once. Returns the time of the faster copy, in seconds on the device's clock.
  double run() {
    device_.submit(recording_).wait();
    const std::vector<double> at = timestamps_.read();
    return std::min(at[1] - at[0], at[2] - at[1]) * 1e-9;
  }

 private:
  vulkan::Recording record(runtime::DeviceContext& context, std::uint64_t bytes) {
    const auto vectors = static_cast<std::uint32_t>(bytes / 16);
    const std::uint32_t workgroup =
        std::min<std::uint32_t>(256, context.facts().max_workgroup_invocations);
    const vulkan::Pipeline& pipeline = context.pipeline(
        "ceiling_copy", kernels::specialize(kernels::CeilingCopyConstants{workgroup}));
    const vulkan::Binding bindings[] = {{&source_, Access::kRead}, {&target_, Access::kWrite}};
    vulkan::CommandRecorder recorder(device_);
    recorder.timestamp(timestamps_);
    recorder.copy(source_, target_, bytes);
    recorder.timestamp(timestamps_);
    const parameters::CeilingCopyParameters push{vectors, (vectors + 3) / 4};
    recorder.dispatch(pipeline, bindings, push, {push.stride, 1, 1});
    recorder.timestamp(timestamps_);
    return recorder.finish();
  }

  vulkan::Device& device_;
  vulkan::Memory source_memory_;
  vulkan::Memory target_memory_;
  vulkan::Buffer source_;
  vulkan::Buffer target_;
  vulkan::TimestampPool timestamps_;
  vulkan::Recording recording_;
};

/// The forms of the layer that the device supports, each form once. The default form comes first.
std::vector<SpectralForm> forms_of(const kernels::SpectralLayer& layer,
                                   const kernels::DeviceFacts& facts) {
  std::vector<SpectralForm> forms;
  for (const kernels::SpectralAlgorithm& algorithm : kernels::spectral_algorithms(layer, facts)) {
    if (std::ranges::find(forms, algorithm.form) == forms.end()) forms.push_back(algorithm.form);
  }
  return forms;
}

}  // namespace

std::vector<SpectralAlgorithmTiming> compare_algorithms(
    const std::vector<std::string>& names, const std::vector<std::vector<double>>& seconds) {
  const auto over = [](const std::vector<double>& algorithm, const std::vector<double>& other) {
    std::vector<double> ratios;
    std::ranges::transform(algorithm, other, std::back_inserter(ratios), std::divides());
    return median(std::move(ratios));
  };
  std::vector<SpectralAlgorithmTiming> algorithms;
  for (std::size_t algorithm = 0; algorithm < names.size(); ++algorithm) {
    algorithms.push_back(
        {names[algorithm], median(seconds[algorithm]), std::ranges::min(seconds[algorithm]),
         over(seconds[algorithm], seconds.front()), over(seconds[algorithm], seconds.back())});
  }
  return algorithms;
}

SpectralTiming time_spectral_layer(runtime::DeviceContext& context,
                                   const kernels::SpectralLayer& layer, std::int64_t batch,
                                   const kernels::MeasuredChoices& choices,
                                   const MeasurementBudget& budget) {
  std::vector<std::string> names;
  std::list<Candidate> algorithms;
  for (const SpectralForm form : forms_of(layer, context.facts())) {
    names.emplace_back(name_of(form));
    algorithms.emplace_back(context, layer, batch, choices, form);
  }
  names.emplace_back("copy");
  Copy copy(context, algorithms.front().tensor_bytes());

  std::vector<std::vector<double>> seconds(names.size());
  bool warm = false;
  const std::vector<double> rounds = runtime::sample(budget, [&] {
    const bool counts = std::exchange(warm, true);
    double sum = 0;
    auto times = seconds.begin();
    const auto note = [&](double time) {
      if (counts) times->push_back(time);
      ++times;
      sum += time;
    };
    for (Candidate& algorithm : algorithms) note(algorithm.run());
    note(copy.run());
    return sum;
  });

  SpectralTiming timing;
  timing.grid_height = layer.grid.height;
  timing.grid_width = layer.grid.width;
  timing.channels = layer.channels;
  timing.batch = batch;
  timing.runs = static_cast<std::int64_t>(rounds.size());
  timing.algorithms = compare_algorithms(names, seconds);
  return timing;
}

}  // namespace gfnet::bench
