#include "api/features.h"

#include "model/model_contents.h"

namespace gfnet::api {

std::vector<float> features_of(std::vector<float> means, const Model& model) {
  const checkpoint::Checkpoint& checkpoint = model::contents_of(model).checkpoint;
  const std::vector<float> weight = checkpoint.at("norm.weight").to_f32();
  const std::vector<float> bias = checkpoint.at("norm.bias").to_f32();
  for (std::size_t i = 0; i < means.size(); ++i) {
    const std::size_t channel = i % weight.size();
    means[i] = means[i] * weight[channel] + bias[channel];
  }
  return means;
}

}  // namespace gfnet::api
