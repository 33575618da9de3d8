#include "selfcheck/problem_list.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "kernels/linear_kernels.h"
#include "kernels/spectral_kernels.h"

namespace gfnet::selfcheck {
namespace {

using Kind = ProblemSpec::Kind;
using graph::Extent;
using graph::Layout;
using graph::SpectralForm;

constexpr DType kFloat = DType::kF32;
constexpr DType kHalf = DType::kF16;

/// Types of the operands and of the result of an operation.
struct Types {
  DType in;
  DType out;
};

/// More than the elements of the largest texel buffer: four in each.
std::int64_t elements_beyond_texels(const kernels::DeviceFacts& device) {
  return 4 * static_cast<std::int64_t>(device.max_texel_elements) + 1;
}

/// The side of a square weight that is larger than any texel buffer.
std::int64_t side_beyond_texels(const kernels::DeviceFacts& device) {
  const double least = std::sqrt(static_cast<double>(elements_beyond_texels(device)));
  return kernels::round_up(static_cast<std::int64_t>(std::ceil(least)), 8);
}

/// Larger weights are not needed for a check: those of the published networks are hardly larger.
constexpr std::int64_t kLargestSide = 1024;

/// Adds problems to a list, each once.
class ListBuilder {
 public:
  /// numbers: integers and enumerators.
  template <typename... Number>
  void add(Kind kind, bool first_candidate_only, Number... numbers) {
    ProblemSpec spec{kind, {static_cast<std::int64_t>(numbers)...}, first_candidate_only};
    if (std::ranges::find(list_, spec) == list_.end()) list_.push_back(std::move(spec));
  }

  void add_linear(const LinearSize& size, bool first_candidate_only = false) {
    add(Kind::kLinear, first_candidate_only, size.rows, size.inner, size.outputs, size.gelu,
        size.addend, size.batch, size.in, size.out);
  }
  void add_products(const Types& types, const kernels::DeviceFacts& device);
  /// Adds the layer by every algorithm of the device.
  void add_spectral(const GridSize& size, DType out, const kernels::DeviceFacts& device);
  /// Adds preprocessing and the operations without candidates. The problems of matrix products use
  /// these operations. halves: their half variants, too.
  void add_without_candidates(bool halves) {
    add(Kind::kPreprocessing, false);
    add_others(kFloat);
    add_norms({kFloat, kFloat});
    add_float_only();
    if (!halves) return;
    add_others(kHalf);
    for (const Types& types : {Types{kHalf, kHalf}, Types{kFloat, kHalf}, Types{kHalf, kFloat}}) {
      add_norms(types);
    }
  }
  void add_networks(DType storage) {
    for (const int network : {0, 1}) add(Kind::kNetwork, false, network, storage);
  }

  ProblemList finish() { return std::move(list_); }

 private:
  void add_norms(const Types& types);
  void add_others(DType storage);
  /// Adds what has no half variant.
  void add_float_only();

  ProblemList list_;
};

void ListBuilder::add_products(const Types& types, const kernels::DeviceFacts& device) {
  const bool is_software = device.software;
  const auto size = [&](std::int64_t rows, std::int64_t inner, std::int64_t outputs,
                        bool gelu = false, LinearSize::Addend addend = LinearSize::kNone,
                        std::int64_t batch = 1) {
    return LinearSize{rows, inner, outputs, gelu, addend, batch, types.in, types.out};
  };
  // Matrix units take axes that are multiples of eight; other sizes go to the other kernels.
  add_linear(size(133, 136, 136));
  add_linear(size(41, 24, 264));
  add_linear(size(1, 130, 137));
  add_linear(size(9, 13, 67));
  // Tiles as tall as the product: kernels without shared memory have one for each height up to 8.
  for (std::int64_t rows = 1; rows <= 8; ++rows) {
    add_linear(size(rows, 13, 67));
    add_linear(size(rows, 13, 137));
  }
  if (is_software) {
    // The tile of this height comes first.
    for (std::int64_t rows = 12; rows <= kernels::kTallestBroadcastTile; rows += 4) {
      add_linear(size(rows, 13, 67), true);
    }
    // Square grids with an odd side: one tile, as tall as the product.
    for (const std::int64_t rows : {9, 25, 49}) add_linear(size(rows, 13, 67), true);
    // A weight that no texel buffer holds, where layers of networks are as large.
    if (const std::int64_t side = side_beyond_texels(device); side <= kLargestSide) {
      for (std::int64_t rows = 1; rows <= 8; ++rows) add_linear(size(rows, side, side));
    }
  }
  add_linear(size(133, 136, 136, true), is_software);
  if (types.out == kHalf) return;  // products with an addend write the residual stream in f32
  add_linear(size(19, 136, 136, false, LinearSize::kConstant, 7), is_software);
  add_linear(size(19, 136, 136, false, LinearSize::kResidual, 7), is_software);
}

void ListBuilder::add_spectral(const GridSize& size, DType out,
                               const kernels::DeviceFacts& device) {
  const auto [height, width] = size.grid;
  // On software drivers, a batch that is larger than any texel buffer has other kernels.
  const std::int64_t padded = kernels::round_up(size.channels, kernels::kVector);
  const std::int64_t large = elements_beyond_texels(device) / (size.grid.area() * padded) + 1;
  const bool has_large = device.software && side_beyond_texels(device) <= kLargestSide;
  const auto algorithms = kernels::spectral_algorithms({size.grid, size.channels, out}, device);
  for (std::size_t i = 0; i < algorithms.size(); ++i) {
    const auto& [name, form, factors] = algorithms[i];
    if (out == kHalf && form != SpectralForm::kFused) continue;  // the same kernels
    if (form == SpectralForm::kVkfft) {
      add(Kind::kVkfft, false, height, width, size.channels, size.batch);
    } else {
      add(Kind::kSpectral, i > 0, form, factors.height, factors.width, height, width, size.channels,
          size.batch, out);
      if (has_large && form == SpectralForm::kFused) {
        add(Kind::kSpectral, false, form, factors.height, factors.width, height, width,
            size.channels, large, out);
      }
    }
  }
}

void ListBuilder::add_norms(const Types& types) {
  for (const Layout from : {Layout::kTokens, Layout::kPlanes}) {
    for (const Layout to : {Layout::kTokens, Layout::kPlanes}) {
      for (const Shape& tokens : {Shape{1, 3}, Shape{17, 5}, Shape{33, 130}}) {
        add(Kind::kLayerNorm, false, tokens[0], tokens[1], from, to, types.in, types.out);
      }
    }
  }
}

void ListBuilder::add_others(DType storage) {
  add(Kind::kTokenMean, false, 1, 1, storage);
  add(Kind::kTokenMean, false, 49, 6, storage);
  add(Kind::kTokenMean, false, 196, 129, storage);
  for (const Layout layout : {Layout::kPlanes, Layout::kTokens}) {
    add(Kind::kPatches, false, 9, 6, 3, 2, 5, layout, storage);
    add(Kind::kPatches, false, 32, 8, 4, 4, 3, layout, storage);
  }
  add(Kind::kClassMap, false, 4, 3, 70, storage);
  add(Kind::kClassMap, false, 196, 129, 70, storage);
}

void ListBuilder::add_float_only() {
  add(Kind::kTokenStatistics, false, 1, 1);
  add(Kind::kTokenStatistics, false, 15, 4);
  add(Kind::kTokenStatistics, false, 49, 64);
  add(Kind::kTokenStatistics, false, 196, 97);
  add(Kind::kSoftmax, false, 1000, 5);
  add(Kind::kSoftmax, false, 63, 1);
  add(Kind::kSoftmax, false, 10, 10);
  add(Kind::kMagnitude, false, 7, 7, 33);
  add(Kind::kMagnitude, false, 15, 16, 33);
}

/// Whether matrix units can take an axis of this size.
bool fits_matrix_units(std::int64_t size) {
  return kernels::round_up(size, kernels::kVector) % 8 == 0;
}

/// A size below `size` that leaves the same candidates: not less than 128 where `size` is not, and
/// a multiple of eight where its whole vectors are one.
std::int64_t reduced(std::int64_t size) {
  constexpr std::int64_t kEnough = 136;
  if (size <= kEnough) return size;
  return fits_matrix_units(size) ? kEnough : kEnough + 4;
}

/// The names of algorithms or kernels.
template <typename Named>
std::set<std::string> names_of(const std::vector<Named>& all) {
  std::set<std::string> names;
  for (const Named& one : all) names.insert(one.name);
  return names;
}

/// The problem for a layer of a network.
LinearSize size_of(const graph::Graph& graph, const graph::Node& node, std::int64_t batch,
                   const kernels::DeviceFacts& device) {
  const graph::Value& weight = graph.value(node.inputs[1]);
  LinearSize size;
  size.rows = batch * graph.value(node.output).shape[0];
  // On software drivers the candidates depend on the number of rows.
  if (!device.software) size.rows = std::min<std::int64_t>(size.rows, 133);
  size.inner = reduced(weight.shape[0]);
  size.outputs = reduced(weight.shape[1]);
  size.gelu = std::get<graph::Linear>(node.operation).gelu;
  size.in = graph.value(node.inputs[0]).dtype;
  size.out = graph.value(node.output).dtype;
  if (node.inputs.size() == 4) {
    const bool is_constant = graph.value(node.inputs[3]).is_constant();
    size.addend = is_constant ? LinearSize::kConstant : LinearSize::kResidual;
    if (!is_constant) {
      // As many outputs as inner elements, and matrix units take both axes or none.
      if (fits_matrix_units(size.outputs) && !fits_matrix_units(size.inner)) size.outputs += 4;
      size.inner = size.outputs;
    }
  }
  // The way in which the weight is stored may depend on its size.
  const auto algorithms = [&](std::int64_t inner, std::int64_t outputs) {
    return names_of(kernels::linear_algorithms(
        {inner, outputs, size.gelu, size.addend != LinearSize::kNone, size.in, size.out}, device));
  };
  if (algorithms(size.inner, size.outputs) != algorithms(weight.shape[0], weight.shape[1])) {
    size.inner = weight.shape[0];
    size.outputs = weight.shape[1];
  }
  return size;
}

/// Adds the problem for a spectral layer that runs fused or by lines.
void add_filter(ListBuilder& list, const graph::Graph& graph, const graph::Node& node,
                std::int64_t batch, const kernels::DeviceFacts& device) {
  const auto& filter = std::get<graph::SpectralFilter>(node.operation);
  const DType out = graph.value(node.output).dtype;
  const auto kernels_for = [&](const GridSize& size) {
    return names_of(kernels::usable_spectral_kernels({size.grid, size.channels, out},
                                                     filter.factors, size.batch, device));
  };
  const GridSize whole{filter.grid, graph.value(node.inputs[0]).shape[1], batch};
  GridSize size{filter.grid, std::min<std::int64_t>(whole.channels, 37), 2};
  if (!filter.by_lines && kernels_for(size) != kernels_for(whole)) size = whole;
  list.add(Kind::kSpectral, false, filter.by_lines ? SpectralForm::kLines : SpectralForm::kFused,
           filter.factors.height, filter.factors.width, size.grid.height, size.grid.width,
           size.channels, size.batch, out);
}

}  // namespace

ProblemList all_problems(const kernels::DeviceFacts& device) {
  ListBuilder list;
  list.add_without_candidates(device.half_storage);
  list.add_products({kFloat, kFloat}, device);
  if (device.half_storage) {
    list.add_products({kHalf, kHalf}, device);
    list.add_products({kHalf, kFloat}, device);
  }
  // The grids of the published models at 224 and 384 pixels, that of the bundled model, and odd
  // ones.
  constexpr Extent kGrids[] = {{8, 8},   {7, 7},   {14, 14}, {28, 28}, {56, 56},
                               {24, 24}, {15, 16}, {1, 9},   {37, 37}};
  // Long lines, whose second stages software drivers run together.
  if (device.software) list.add_spectral({{112, 105}, 5, 1}, kFloat, device);
  for (const Extent& grid : kGrids) {
    const std::int64_t channels = grid.area() > 256 ? 9 : 37;
    list.add_spectral({grid, channels, 2}, kFloat, device);
    if (device.half_storage) list.add_spectral({grid, channels, 2}, kHalf, device);
  }
  list.add_networks(kFloat);
  if (device.half_storage) list.add_networks(kHalf);
  return list.finish();
}

ProblemList problems_of(const graph::Graph& graph, std::int64_t batch,
                        const kernels::DeviceFacts& device) {
  ListBuilder list;
  const bool has_halves = std::ranges::any_of(
      graph.values(), [](const graph::Value& value) { return value.dtype == kHalf; });
  list.add_without_candidates(has_halves);
  for (const graph::Node& node : graph.nodes()) {
    if (std::holds_alternative<graph::Linear>(node.operation)) {
      list.add_linear(size_of(graph, node, batch, device));
    } else if (std::holds_alternative<graph::SpectralFilter>(node.operation)) {
      add_filter(list, graph, node, batch, device);
    } else if (const auto* transform = std::get_if<graph::Rfft2>(&node.operation)) {
      list.add(Kind::kVkfft, false, transform->grid.height, transform->grid.width, 9, 2);
    }
  }
  return list.finish();
}

}  // namespace gfnet::selfcheck
