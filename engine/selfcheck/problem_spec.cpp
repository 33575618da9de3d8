#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "selfcheck/problem_list.h"

namespace gfnet::selfcheck {
namespace {

using Kind = ProblemSpec::Kind;
using graph::Extent;

/// Number of arguments of each kind, in the order of the enumerators.
constexpr std::size_t kArguments[] = {0, 8, 8, 4, 6, 2, 3, 7, 2, 4, 3, 2};

DType type_of(std::int64_t number) { return static_cast<DType>(number); }
graph::Layout layout_of(std::int64_t number) { return static_cast<graph::Layout>(number); }

/// Removes the number up to the next space from the line. nullopt if there is none.
std::optional<std::int64_t> take_number(std::string_view& line) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc() || (end != line.data() + line.size() && *end != ' ')) {
    return std::nullopt;
  }
  line.remove_prefix(std::min(static_cast<std::size_t>(end - line.data()) + 1, line.size()));
  return number;
}

std::optional<Problem> spectral(const std::vector<std::int64_t>& n, Numbers& numbers,
                                const kernels::DeviceFacts& device) {
  const GridSize size{{n[3], n[4]}, n[5], n[6]};
  const kernels::SpectralLayer layer{size.grid, size.channels, type_of(n[7])};
  const auto algorithms = kernels::spectral_algorithms(layer, device);
  for (std::size_t i = 0; i < algorithms.size(); ++i) {
    const kernels::SpectralAlgorithm& algorithm = algorithms[i];
    if (algorithm.form != static_cast<graph::SpectralForm>(n[0]) ||
        algorithm.factors.height != n[1] || algorithm.factors.width != n[2]) {
      continue;
    }
    graph::Choice choice = kernels::choose(layer.name(), algorithms, {});
    choice.chosen = i;
    return spectral_problem(numbers, size, {std::move(choice), algorithm}, type_of(n[7]));
  }
  return std::nullopt;
}

}  // namespace

std::string ProblemSpec::text() const {
  return fmt::format("{} {}{}{}", static_cast<int>(kind), first_candidate_only ? 1 : 0,
                     numbers.empty() ? "" : " ", fmt::join(numbers, " "));
}

std::optional<ProblemSpec> ProblemSpec::from_text(std::string_view line) {
  const auto kind = take_number(line);
  const auto first_only = take_number(line);
  if (!kind || *kind < 0 || *kind >= static_cast<std::int64_t>(std::size(kArguments)) ||
      !first_only) {
    return std::nullopt;
  }
  ProblemSpec spec{static_cast<Kind>(*kind), {}, *first_only != 0};
  while (!line.empty()) {
    const auto number = take_number(line);
    if (!number) return std::nullopt;
    spec.numbers.push_back(*number);
  }
  if (spec.numbers.size() != kArguments[static_cast<std::size_t>(*kind)]) return std::nullopt;
  return spec;
}

std::optional<Problem> make_problem(const ProblemSpec& spec, Numbers& numbers,
                                    const kernels::DeviceFacts& device) {
  const std::vector<std::int64_t>& n = spec.numbers;
  switch (spec.kind) {
    case Kind::kLinear:
      return linear_problem(
          numbers, {n[0], n[1], n[2], n[3] != 0, static_cast<LinearSize::Addend>(n[4]), n[5],
                    type_of(n[6]), type_of(n[7])});
    case Kind::kSpectral:
      return spectral(n, numbers, device);
    case Kind::kVkfft:
      return vkfft_problem(numbers, {{n[0], n[1]}, n[2], n[3]});
    case Kind::kLayerNorm:
      return layer_norm_problem(numbers, {n[0], n[1]}, layout_of(n[2]), layout_of(n[3]),
                                type_of(n[4]), type_of(n[5]));
    case Kind::kTokenStatistics:
      return token_statistics_problem(numbers, {n[0], n[1]});
    case Kind::kTokenMean:
      return token_mean_problem(numbers, {n[0], n[1]}, type_of(n[2]));
    case Kind::kPatches:
      return patches_problem(numbers, {n[0], n[1]}, {n[2], n[3]}, n[4], layout_of(n[5]),
                             type_of(n[6]));
    case Kind::kSoftmax:
      return softmax_problem(numbers, n[0], n[1]);
    case Kind::kClassMap:
      return class_map_problem(numbers, {n[0], n[1]}, n[2], type_of(n[3]));
    case Kind::kMagnitude:
      return magnitude_problem(numbers, {n[0], n[1]}, n[2]);
    case Kind::kPreprocessing:
    case Kind::kNetwork:
      break;
  }
  return std::nullopt;
}

}  // namespace gfnet::selfcheck
