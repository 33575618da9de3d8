#include "selfcheck/problem.h"

#include <memory>

#include "base/half.h"
#include "reference/interpreter.h"

namespace gfnet::selfcheck {

std::vector<float> Numbers::normal(std::int64_t count, float mean, float deviation) {
  std::normal_distribution<float> distribution(mean, deviation);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = distribution(engine_);
  return values;
}

std::vector<float> Numbers::normal_as(DType dtype, std::int64_t count) {
  std::vector<float> values = normal(count);
  if (dtype == DType::kF16) {
    for (float& value : values) value = half_to_float(float_to_half(value));
  }
  return values;
}

Values interpret_batch(const graph::Graph& graph, std::int64_t batch,
                       const std::vector<float>& input) {
  Values all;
  const Values wide(input.begin(), input.end());
  const std::size_t size = wide.size() / static_cast<std::size_t>(batch);
  for (std::size_t at = 0; at < wide.size(); at += size) {
    const Values one = reference::interpret(graph, std::span(wide).subspan(at, size)).front();
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

}  // namespace gfnet::selfcheck
