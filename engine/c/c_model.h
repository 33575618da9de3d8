#pragma once

#include <string>
#include <vector>

#include "gfnet/c/model.h"
#include "gfnet/model.h"

/// Never changes, so that threads can share it.
struct gfnet_model {
  explicit gfnet_model(gfnet::Model of);

  const gfnet::Model model;
  /// Text that callers get pointers to. labels: one for each class, also where the model has none.
  std::vector<std::string> labels;
  std::string path;
};
