#pragma once

#include <deque>
#include <optional>
#include <string>

#include "display/renderer.h"
#include "display/screenshot.h"
#include "display/window.h"
#include "labelling/capture.h"
#include "labelling/labelling.h"
#include "labelling/rate_meter.h"
#include "overlay/overlay.h"
#include "overlay/status_row.h"
#include "session/live.h"
#include "session/script.h"
#include "views/view_maker.h"
#include "views/views.h"

namespace live {

/// Runs the window: redraws the window at the wanted rate, and carries out the actions of keys and
/// the commands of the script. Only the main thread may use this class.
class Show {
 public:
  /// All arguments must outlive this object. Throws gfnet::Error, also for a faulty script or font.
  Show(const gfnet::SharedDevice& device, Window& window, Capture& capture, Labelling& labelling,
       const Options& options, const WindowOptions& window_options);

  /// Runs until the window is closed or Options::interrupted returns true. If an exception has
  /// ended another thread (capture, labelling or views), rethrows that exception.
  void run();

 private:
  void press(Key key);
  void set_paused(bool paused);
  /// Runs the script's next commands, up to a command that has to wait.
  void follow_script();
  /// Runs a command, or continues a command that waits. Returns whether the command is done.
  bool perform(const ScriptCommand& command);
  void draw();
  /// The overlay's content, except the message, the view's image and the view's refusal: draw()
  /// adds these.
  OverlayContent content() const;
  /// Waits until the next drawing is due. Does nothing if no rate is wanted (rate_wanted_ = 0) and
  /// presenting already waits for the display.
  void keep_pace();
  /// Shows a message for a few seconds.
  void say(const std::string& message);
  void tell_of_refusal(const Labelling::Status& status);
  /// Asks labelling_ to compute what the chosen view needs.
  void choose_view();
  /// Whether the chosen view is shown, or was refused.
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
  /// Redraws per second; 0: the display's refresh rate.
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
  /// File for a screenshot of the next drawing. nullopt: none is requested. An empty string:
  /// ScreenshotWriter chooses a name.
  std::optional<std::string> screenshot_;
  ScreenshotWriter screenshot_writer_;
  /// Value of Labelling::Status::refusals when the last refusal was shown.
  std::int64_t refusals_ = 0;
  std::string message_;
  Clock::time_point message_until_{};

  std::deque<ScriptCommand> script_;
  /// When the first command of script_ started; empty if this command has not started.
  std::optional<Clock::time_point> waiting_since_;
  /// Number of labelled frames when the first command of script_ started.
  std::int64_t labelled_before_ = 0;
  /// Whether the first command of script_ has requested its screenshot and waits for the file.
  bool has_begun_ = false;
};

}  // namespace live
