#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "labelling.h"
#include "source.h"

/// The live demonstration: pictures from a camera, labelled as they come.
namespace live {

struct Options {
  SourceRequest source;
  /// Files start again when they end.
  bool loop = false;
  /// At least one.
  std::vector<ModelChoice> models;
  gfnet::ClassifierOptions classifier;
  /// Whether the person wants it to end.
  std::function<bool()> interrupted = [] { return false; };
};

struct HeadlessOptions {
  /// How many pictures to label; 0: until the source ends.
  std::int64_t frames = 0;
  bool json = false;
  /// Files at their own pace, with pictures left out where the model is slower; otherwise each
  /// picture is labelled.
  bool real_time = false;
};

/// Labels a source's pictures without a display; results go to stdout. Returns what the validation
/// layer said. Throws gfnet::Error.
std::vector<std::string> run_headless(const Options& options, const HeadlessOptions& headless);

}  // namespace live
