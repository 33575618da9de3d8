#pragma once

#include <deque>
#include <optional>
#include <string>

#include "capture.h"
#include "labelling.h"
#include "live.h"
#include "overlay.h"
#include "rate_meter.h"
#include "renderer.h"
#include "screenshot.h"
#include "script.h"
#include "status_row.h"
#include "view_maker.h"
#include "views.h"
#include "window.h"

namespace live {

/// What goes on in the window: draws as often as the display wants, does what keys and the script
/// say.
class Show {
 public:
  /// All of these must outlive it.
  Show(const gfnet::SharedDevice& device, Window& window, Capture& capture, Labelling& labelling,
       const Options& options, const WindowOptions& window_options);

  /// Until the window is closed or the run interrupted.
  void run();

 private:
  void press(Key key);
  void set_paused(bool paused);
  /// Does what the script says next, as far as that need not wait.
  void follow_script();
  /// Whether the command is done.
  bool perform(const ScriptCommand& command);
  void draw();
  /// But for the message, and the view's picture.
  OverlayContent content() const;
  void keep_pace();
  void say(const std::string& message);
  void tell_of_refusal(const Labelling::Status& status);
  void choose_view();
  /// Whether the view that was chosen is there, or will not be.
  bool view_is_settled() const;
  std::string view_refusal() const;
  WindowStatus status() const;

  const gfnet::SharedDevice& device_;
  Window& window_;
  Capture& capture_;
  Labelling& labelling_;
  FrameExchange& exchange_;
  const Options& options_;
  std::string device_name_;
  /// 0: the display's.
  double rate_wanted_;
  Renderer renderer_;
  Overlay overlay_;
  ViewMaker view_maker_;
  ViewChoice view_;
  RateMeter rate_;
  Clock::time_point last_drawn_ = Clock::now();
  Clock::time_point due_ = Clock::now();

  bool is_paused_ = false;
  bool is_mirrored_ = false;
  bool shows_help_ = false;
  /// Where what is drawn next is to be written.
  std::optional<std::string> screenshot_;
  ScreenshotWriter screenshot_writer_;
  /// How often a model or precision was refused, as far as it was said.
  std::int64_t refusals_ = 0;
  std::string message_;
  Clock::time_point message_until_{};

  std::deque<ScriptCommand> script_;
  /// When the command at the front began to wait, and how many pictures were labelled then.
  std::optional<Clock::time_point> waiting_since_;
  std::int64_t labelled_before_ = 0;
  /// Whether it has asked for what it waits for.
  bool has_begun_ = false;
};

}  // namespace live
