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

struct WindowOptions {
  int width = 1280;
  int height = 720;
  bool full_screen = false;
  bool mirrored = false;
  /// How often the window is drawn anew, a second; 0: as often as the display can show it, on a
  /// software driver 30 times.
  double rate = 0;
  /// A TrueType file; empty: one of the system's.
  std::string font;
  /// A file that says what to do by itself (script.h); empty: nothing.
  std::string script;
  /// Each labelled picture on stdout as well.
  bool json = false;
};

/// Shows the source in a window with its labels, until the window is closed. Returns what the
/// validation layer said. Throws gfnet::Error.
std::vector<std::string> run_window(const Options& options, const WindowOptions& window);

/// Labels a source's pictures without a display; results go to stdout. Returns what the validation
/// layer said. Throws gfnet::Error.
std::vector<std::string> run_headless(const Options& options, const HeadlessOptions& headless);

}  // namespace live
