#include "gfnet/scaling.h"

#include <fmt/format.h>

#include <list>
#include <numeric>
#include <random>

#include "compiler/check_options.h"
#include "compiler/describe_device.h"
#include "compiler/network.h"
#include "gfnet/error.h"
#include "passes/passes.h"
#include "runtime/timed_pipeline.h"

namespace gfnet {
namespace {

using graph::Graph;
using graph::ValueId;

constexpr std::int64_t kMlpRatio = 4;

class RandomConstants {
 public:
  explicit RandomConstants(Graph& graph) : graph_(graph) {}

  ValueId operator()(const char* name, const Shape& shape) {
    std::vector<float> values(static_cast<std::size_t>(shape.elements()));
    for (float& value : values) value = distribution_(engine_);
    return graph_.add_constant(name, shape, std::move(values));
  }

 private:
  Graph& graph_;
  std::mt19937 engine_{runtime::kMeasurementSeed};
  std::normal_distribution<float> distribution_{0.0f, 0.02f};
};

/// tokens → LN → filter → LN [→ fc1 → GELU → fc2 → + tokens] → tokens. The part in brackets is
/// built only if with_mlp. The normalisations (LN) have no weights, as after folding. tokens:
/// [side·side, kChannels].
Graph block_graph(std::int64_t side, bool with_mlp) {
  constexpr std::int64_t kChannels = ScalingBenchmark::kChannels;
  const graph::Extent grid{side, side};
  Graph graph;
  RandomConstants random(graph);
  const ValueId x = graph.add_input("tokens", {grid.area(), kChannels}, graph::Layout::kTokens);
  ValueId y = graph.add_node("norm1", graph::LayerNorm{}, {x});
  y = graph.add_node("filter", graph::GlobalFilter{grid},
                     {y, random("filter.complex_weight",
                                {grid.height, graph::spectrum_width(grid.width), kChannels, 2})});
  y = graph.add_node("norm2", graph::LayerNorm{}, {y});
  if (with_mlp) {
    constexpr std::int64_t kHidden = kMlpRatio * kChannels;
    y = graph.add_node(
        "mlp.fc1", graph::Linear{},
        {y, random("mlp.fc1.weight", {kChannels, kHidden}), random("mlp.fc1.bias", {kHidden})});
    y = graph.add_node("mlp.act", graph::Gelu{}, {y});
    y = graph.add_node(
        "mlp.fc2", graph::Linear{},
        {y, random("mlp.fc2.weight", {kHidden, kChannels}), random("mlp.fc2.bias", {kChannels})});
    y = graph.add_node("residual", graph::Add{}, {y, x});
  }
  graph.mark_output(y);
  return graph;
}

/// One graph of the benchmark as a pipeline on the device, ready to be run and timed.
class Subject {
 public:
  Subject(tuning::TunedDevice& context, compiler::Network& network, std::int64_t batch)
      : pipeline_(context, network.plan(batch), network.constants(), {.timestamps = true}),
        timed_(context, pipeline_) {}

  const plan::Plan& plan() const { return pipeline_.plan(); }

  /// Runs the graph once. Returns the sum of the times of all steps, in seconds on the device's
  /// clock.
  double run() {
    timed_.run();
    const std::vector<double> steps = pipeline_.step_seconds();
    return std::accumulate(steps.begin(), steps.end(), 0.0);
  }

 private:
  runtime::BatchPipeline pipeline_;
  runtime::TimedPipeline timed_;
};

}  // namespace

struct ScalingBenchmark::State {
  explicit State(const ClassifierOptions& o)
      : tuning(o.tuning), context(o.device, o.validation, o.cache_directory) {}

  compiler::Planner planner(std::int64_t side, bool with_mlp) const {
    if (side < 1) {
      throw ArgumentError(fmt::format("a grid must have at least 1 token a side, not {}", side));
    }
    return {passes::fold(block_graph(side, with_mlp)), context.facts()};
  }

  Tuning tuning;
  tuning::TunedDevice context;
};

ScalingBenchmark::ScalingBenchmark(const ClassifierOptions& options) {
  compiler::check_options(options);
  state_ = std::make_unique<State>(options);
  if (!device().timestamps) throw UnsupportedError("timing kernels", device().name);
}

ScalingBenchmark::~ScalingBenchmark() = default;
ScalingBenchmark::ScalingBenchmark(ScalingBenchmark&&) noexcept = default;
ScalingBenchmark& ScalingBenchmark::operator=(ScalingBenchmark&&) noexcept = default;

DeviceDescription ScalingBenchmark::device() const {
  return compiler::describe(state_->context.device().info(), false);
}

std::vector<SpectralScaling> ScalingBenchmark::spectral(const std::vector<std::int64_t>& grids,
                                                        std::int64_t batch,
                                                        const MeasurementBudget& budget) {
  if (grids.empty()) return {};
  std::list<compiler::Network> networks;
  std::list<Subject> subjects;
  for (const std::int64_t grid : grids) {
    networks.emplace_back(state_->context, state_->planner(grid, false), state_->tuning);
    networks.back().for_batch(batch);  // tunes, and uploads the constants of the timed pipeline
    subjects.emplace_back(state_->context, networks.back(), batch);
  }

  std::vector<std::vector<double>> of_grid(grids.size());
  bool warm = false;
  runtime::sample(budget, [&] {
    double sum = 0;
    std::size_t i = 0;
    for (Subject& subject : subjects) {
      subject.run();  // not counted: replaces the previous grid's data in the caches
      const double seconds = subject.run();
      if (warm) of_grid[i].push_back(seconds);
      sum += seconds;
      ++i;
    }
    warm = true;
    return sum;
  });

  std::vector<SpectralScaling> points;
  std::size_t i = 0;
  for (const Subject& subject : subjects) {
    const auto tokens = static_cast<double>(batch * grids[i] * grids[i]);
    const auto first_tokens = static_cast<double>(batch * grids[0] * grids[0]);
    std::vector<double> growth;
    for (std::size_t round = 0; round < of_grid[i].size(); ++round) {
      growth.push_back(of_grid[i][round] / tokens / (of_grid[0][round] / first_tokens));
    }
    SpectralScaling point;
    point.grid = grids[i];
    point.kernel = plan::kernel_of(subject.plan().steps.at(1));
    point.runs = static_cast<std::int64_t>(of_grid[i].size());
    point.seconds = median(of_grid[i]);
    point.seconds_per_token = point.seconds / tokens;
    point.growth = median(std::move(growth));
    points.push_back(std::move(point));
    ++i;
  }
  return points;
}

BlockScaling ScalingBenchmark::block(std::int64_t grid, std::int64_t batch,
                                     const MeasurementBudget& budget) {
  vulkan::Device& device = state_->context.device();
  device.forget_memory_peaks();
  compiler::Network network(state_->context, state_->planner(grid, true), state_->tuning);
  network.for_batch(batch);
  BlockScaling point;
  point.peak_bytes = device.memory().peak_bytes;
  Subject subject(state_->context, network, batch);
  const std::vector<double> seconds = runtime::sample(budget, [&] { return subject.run(); });
  point.runs = static_cast<std::int64_t>(seconds.size());
  point.seconds = median(seconds);
  return point;
}

std::vector<std::string> ScalingBenchmark::validation_messages() const {
  return state_->context.instance()->validation_messages();
}

}  // namespace gfnet
