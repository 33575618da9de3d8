#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "model/network_reader.h"
#include "support/reference_files.h"

using namespace gfnet;

TEST_CASE("every reference checkpoint reads") {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(test::reference_folder())) {
    if (file.path().extension() != ".pth") continue;
    ++files;
    INFO(file.path().string());
    const checkpoint::Checkpoint checkpoint =
        model::read_network(checkpoint::open_checkpoint(file.path()), "").checkpoint;
    const std::string name = file.path().stem().string();
    const bool legacy = name.find("legacy") != std::string::npos;
    const DType dtype = name.find("half") != std::string::npos       ? DType::kF16
                        : name.find("bfloat16") != std::string::npos ? DType::kBF16
                        : name.find("double") != std::string::npos   ? DType::kF64
                                                                     : DType::kF32;
    CHECK(checkpoint.format() == (legacy ? "PyTorch legacy" : "PyTorch zip"));
    CHECK(checkpoint.tensors().size() >= 16);
    const bool pyramid = name.find("pyramid") != std::string::npos;
    for (const char* tensor :
         {"pos_embed", pyramid ? "patch_embed.0.proj.weight" : "patch_embed.proj.weight",
          "norm.weight", "head.weight"}) {
      INFO(tensor);
      CHECK(checkpoint.find(tensor) != nullptr);
    }
    for (const checkpoint::TensorView& tensor : checkpoint.tensors()) {
      INFO(tensor.name);
      CHECK_FALSE(tensor.name.starts_with("module."));
      CHECK(tensor.dtype == dtype);
      const std::vector<float> values = tensor.to_f32();
      CHECK(values.size() == static_cast<std::size_t>(tensor.shape.elements()));
      CHECK(std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); }));
    }
  }
  CHECK(files == test::kReferenceCases.size());
}
