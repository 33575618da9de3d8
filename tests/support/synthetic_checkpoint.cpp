#include "support/synthetic_checkpoint.h"

#include <cmath>
#include <memory>

namespace gfnet::test {
namespace {

class TensorMaker {
 public:
  TensorMaker(Tensors& tensors, Random& random) : tensors_(tensors), random_(random) {}

  void norm(const std::string& name, std::int64_t channels) {
    tensors_[name + ".weight"] = {{channels}, random_.normal(channels, 1.0f, 0.2f)};
    tensors_[name + ".bias"] = {{channels}, random_.normal(channels, 0.0f, 0.2f)};
  }

  /// Adds random weights and a bias for a matrix or convolution. They are scaled so that outputs
  /// are about as large as inputs.
  void affine(const std::string& name, const Shape& shape) {
    const double inputs = static_cast<double>(shape.elements() / shape[0]);
    tensors_[name + ".weight"] = {
        shape, random_.normal(shape.elements(), 0.0f, static_cast<float>(1 / std::sqrt(inputs)))};
    tensors_[name + ".bias"] = {{shape[0]}, random_.normal(shape[0], 0.0f, 0.2f)};
  }

  void plain(const std::string& name, const Shape& shape, float mean, float deviation) {
    tensors_[name] = {shape, random_.normal(shape.elements(), mean, deviation)};
  }

 private:
  Tensors& tensors_;
  Random& random_;
};

}  // namespace

Tensors synthetic_tensors(const Architecture& a, Random& random) {
  Tensors tensors;
  TensorMaker make(tensors, random);
  std::int64_t height = a.grid_height;
  std::int64_t width = a.grid_width;
  std::int64_t channels_in = a.input_channels;
  for (std::size_t s = 0; s < a.stages.size(); ++s) {
    const Architecture::Stage& stage = a.stages[s];
    const std::string number = std::to_string(s);
    make.affine(a.pyramid ? "patch_embed." + number + ".proj" : "patch_embed.proj",
                {stage.channels, channels_in, stage.patch, stage.patch});
    if (s > 0) {
      height /= stage.patch;
      width /= stage.patch;
    } else {
      make.plain("pos_embed", {1, height * width, stage.channels}, 0.0f, 0.3f);
    }
    for (std::int64_t b = 0; b < stage.depth; ++b) {
      const std::string block =
          "blocks." + (a.pyramid ? number + "." : "") + std::to_string(b) + ".";
      make.norm(block + "norm1", stage.channels);
      make.plain(block + "filter.complex_weight", {height, width / 2 + 1, stage.channels, 2}, 0.0f,
                 0.5f);
      make.norm(block + "norm2", stage.channels);
      make.affine(block + "mlp.fc1", {stage.mlp_width, stage.channels});
      make.affine(block + "mlp.fc2", {stage.channels, stage.mlp_width});
      if (a.layer_scale) make.plain(block + "gamma", {stage.channels}, 0.5f, 0.2f);
    }
    channels_in = stage.channels;
  }
  make.norm("norm", channels_in);
  make.affine("head", {a.classes, channels_in});
  return tensors;
}

checkpoint::Checkpoint make_checkpoint(Tensors tensors,
                                       std::map<std::string, std::string> metadata) {
  const auto storage = std::make_shared<const Tensors>(std::move(tensors));
  std::vector<checkpoint::TensorView> views;
  for (const auto& [name, tensor] : *storage) {
    checkpoint::TensorView view;
    view.name = name;
    view.shape = tensor.shape;
    view.strides.resize(tensor.shape.rank());
    std::int64_t stride = 1;
    for (std::size_t axis = tensor.shape.rank(); axis-- > 0;) {
      view.strides[axis] = stride;
      stride *= tensor.shape[axis];
    }
    view.bytes = std::as_bytes(std::span(tensor.values));
    views.push_back(std::move(view));
  }
  return checkpoint::Checkpoint("synthetic", "synthetic", std::move(views), std::move(metadata),
                                storage);
}

}  // namespace gfnet::test
