#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "labelling/labelling.h"
#include "sources/source.h"

/// The live demonstration: labels the frames of a camera or a video as they arrive.
namespace live {

struct Options {
  SourceRequest source;
  /// Restart files when they end.
  bool loop = false;
  /// The models that the user can choose; at least one. The first model is loaded at the start.
  std::vector<ModelChoice> models;
  gfnet::ClassifierOptions classifier;
  /// Returns true once the user wants to quit. Called from several threads.
  std::function<bool()> interrupted = [] { return false; };
};

struct HeadlessOptions {
  /// Number of frames to label; 0: until the source ends.
  std::int64_t frames = 0;
  bool json = false;
  /// If true, files are played at the pace of their timestamps, and frames are dropped if the model
  /// is slower. If false, every frame of a file is labelled.
  bool real_time = false;
};

struct WindowOptions {
  int width = 1280;
  int height = 720;
  bool full_screen = false;
  bool mirrored = false;
  /// Redraws per second; 0: the display's refresh rate, or 30 on a software driver.
  double rate = 0;
  /// A TrueType or OpenType file; empty: a known font of the system.
  std::string font;
  /// A script to run (script.h); empty: none.
  std::string script;
  /// Also prints each labelled frame on stdout, as one line of JSON.
  bool json = false;
};

/// Shows the frames of the source and their labels in a window. Returns when the window is closed
/// or Options::interrupted returns true. The result is the validation layer's messages. Throws
/// gfnet::Error.
std::vector<std::string> run_window(const Options& options, const WindowOptions& window);

/// Labels the frames of the source without a display. Results go to stdout, the totals to stderr.
/// Returns the validation layer's messages. Throws gfnet::Error.
std::vector<std::string> run_headless(const Options& options, const HeadlessOptions& headless);

}  // namespace live
