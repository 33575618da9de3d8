#include "model/altered_tensor.h"

#include <fmt/format.h>

namespace gfnet::model {
namespace {

bool holds(const checkpoint::Checkpoint& checkpoint, const std::string& name) {
  return checkpoint.unreadable().contains(name) || checkpoint.find(name) != nullptr;
}

}  // namespace

std::string alteration_named(std::string_view part) {
  const auto has = [part](std::string_view text) {
    return part.find(text) != std::string_view::npos;
  };
  if (part.ends_with("_orig") || part.ends_with("_mask")) {
    return "is pruned: the file holds it as …_orig and …_mask; make the pruning permanent with "
           "torch.nn.utils.prune.remove before saving";
  }
  if (part.ends_with("weight_u")) {
    return "has spectral norm: the file holds it as …_orig, with the vector …_u; use "
           "torch.nn.utils.remove_spectral_norm before saving";
  }
  if (part.ends_with("weight_g") || part.ends_with("weight_v") ||
      (has(".parametrizations.") && (has(".original0") || has(".original1")))) {
    return "is weight-normed: the file holds its norm and its direction; use "
           "torch.nn.utils.remove_weight_norm or parametrize.remove_parametrizations before saving";
  }
  if (has(".parametrizations.")) {
    return "is parametrised; use torch.nn.utils.parametrize.remove_parametrizations before saving";
  }
  if (has("_packed_params") || part.ends_with("qweight") || part.ends_with(".SCB") ||
      part.ends_with(".absmax") || part.ends_with(".quant_map") || part.ends_with("weight_scale") ||
      part.ends_with(".zero_point") || part.ends_with(".scale")) {
    return "is quantised; save the weights of the model before it was quantised";
  }
  if (has("lora_A") || has("lora_B") || has(".base_layer.")) {
    return "has a LoRA adapter beside it; merge the adapter (merge_and_unload) before saving";
  }
  return "";
}

std::string why_missing(const checkpoint::Checkpoint& checkpoint, std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const std::string stem(dot == std::string_view::npos ? "" : name.substr(0, dot + 1));
  const std::string_view leaf = name.substr(stem.size());
  for (const std::string& part :
       {fmt::format("{}_mask", name), fmt::format("{}_u", name), fmt::format("{}_orig", name),
        fmt::format("{}_g", name), fmt::format("{}_v", name), fmt::format("{}parametrizations.{}.original0", stem, leaf),
        fmt::format("{}parametrizations.{}.original", stem, leaf),
        fmt::format("{}_packed_params._packed_params", stem), fmt::format("{}qweight", stem),
        fmt::format("{}base_layer.{}", stem, leaf)}) {
    if (!holds(checkpoint, part)) continue;
    if (const std::string cause = alteration_named(part); !cause.empty()) return cause;
  }
  return "is missing";
}

}  // namespace gfnet::model
