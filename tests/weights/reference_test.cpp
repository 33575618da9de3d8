#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "support/shared_files.h"
#include "support/skip.h"
#include "weights/checkpoint.h"

using namespace gfnet;

TEST_CASE("every reference checkpoint reads") {
  const std::filesystem::path folder = test::shared_folder() / "reference";
  if (!std::filesystem::is_directory(folder)) {
    return test::skip("no reference data in " + folder.string() + "; set GFNET_SHARED");
  }
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".pth") continue;
    ++files;
    INFO(file.path().string());
    const weights::Checkpoint checkpoint = weights::read_checkpoint(file.path());
    const bool legacy = file.path().string().find("legacy") != std::string::npos;
    CHECK(checkpoint.format() == (legacy ? "PyTorch legacy" : "PyTorch zip"));
    CHECK(checkpoint.tensors().size() >= 16);
    for (const char* name :
         {"pos_embed", "patch_embed.proj.weight", "norm.weight", "head.weight"}) {
      const bool pyramid = file.path().string().find("pyramid") != std::string::npos;
      if (pyramid && std::string_view(name).starts_with("patch_embed")) continue;
      CHECK(checkpoint.find(name) != nullptr);
    }
    for (const weights::TensorView& tensor : checkpoint.tensors()) {
      INFO(tensor.name);
      CHECK_FALSE(tensor.name.starts_with("module."));
      const std::vector<float> values = tensor.to_f32();
      CHECK(values.size() == static_cast<std::size_t>(tensor.shape.elements()));
      CHECK(std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); }));
    }
  }
  CHECK(files > 0);
}
