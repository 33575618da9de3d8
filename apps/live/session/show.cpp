#include "session/show.h"

#include <gfnet/error.h>

#include <cstdio>
#include <utility>

#include "display/vulkan_functions.h"
#include "labelling/result_rows.h"

namespace live {
namespace {

constexpr double kMessageSeconds = 4;
constexpr double kMinimisedWaitSeconds = 0.05;
/// Redraws per second on a software driver, where drawing slows the model down.
constexpr double kSoftwareRate = 30;

}  // namespace

Show::Show(const gfnet::SharedDevice& device, Window& window, Capture& capture,
           Labelling& labelling, const Options& options, const WindowOptions& window_options)
    : device_(device),
      window_(window),
      capture_(capture),
      labelling_(labelling),
      exchange_(capture.exchange()),
      options_(options),
      device_name_(device.description().name),
      rate_wanted_(window_options.rate),
      renderer_(device, window),
      overlay_(window_options.font),
      is_mirrored_(window_options.mirrored) {
  if (rate_wanted_ == 0 && device.description().type == "cpu") rate_wanted_ = kSoftwareRate;
  if (!window_options.script.empty()) script_ = read_script(window_options.script);
  window_.on_key([this](Key key) { press(key); });
  if (window_options.full_screen) window_.toggle_full_screen();
}

void Show::run() {
  while (!window_.wants_to_close() && !options_.interrupted()) {
    Window::poll();
    follow_script();
    capture_.check();
    labelling_.check();
    view_maker_.check();
    if (window_.is_minimised()) {
      Window::wait(kMinimisedWaitSeconds);
      continue;
    }
    draw();
    keep_pace();
  }
}

void Show::keep_pace() {
  if (rate_wanted_ == 0 && renderer_.swapchain().keeps_pace()) return;
  const auto interval = seconds(1 / (rate_wanted_ > 0 ? rate_wanted_ : window_.refresh_rate()));
  due_ = std::max(due_ + interval, Clock::now() - interval);
  for (double left = seconds_between(Clock::now(), due_); left > 0;
       left = seconds_between(Clock::now(), due_)) {
    Window::wait(left);
  }
}

void Show::say(const std::string& message) {
  message_ = message;
  message_until_ = Clock::now() + seconds(kMessageSeconds);
}

void Show::set_paused(bool paused) {
  is_paused_ = paused;
  exchange_.hold(paused);
  capture_.set_paused(paused);
}

void Show::choose_view() { labelling_.explain(view_.explanation()); }

bool Show::view_is_settled() const {
  const ViewWish wish = view_.wish();
  return wish.view == View::kNone || view_maker_.is_current(wish) ||
         !labelling_.status().explanation_refusal.empty();
}

std::string Show::view_refusal() const {
  const std::string refusal = labelling_.status().explanation_refusal;
  return refusal.empty() ? view_maker_.refusal() : refusal;
}

void Show::press(Key key) {
  switch (key) {
    case Key::kPause:
      return set_paused(!is_paused_);
    case Key::kNextModel:
      if (options_.models.size() == 1) say("only one model: name more with --model");
      return labelling_.next_model();
    case Key::kPrecision:
      return labelling_.next_precision();
    case Key::kMirror:
      is_mirrored_ = !is_mirrored_;
      return;
    case Key::kNextView:
      view_.next_view();
      return choose_view();
    case Key::kNextLayer:
    case Key::kPreviousLayer:
      if (const std::shared_ptr<const LabelledFrame> latest = labelling_.latest()) {
        view_.step_layer(key == Key::kNextLayer ? 1 : -1,
                         gfnet::layer_count(latest->model->description()));
      }
      return choose_view();
    case Key::kScreenshot:
      screenshot_ = "";
      return;
    case Key::kFullScreen:
      return window_.toggle_full_screen();
    case Key::kHelp:
      shows_help_ = !shows_help_;
      return;
    case Key::kQuit:
      return window_.close();
  }
}

void Show::follow_script() {
  while (!script_.empty()) {
    if (!waiting_since_) {
      waiting_since_ = Clock::now();
      labelled_before_ = labelling_.status().frames;
    }
    if (!perform(script_.front())) return;
    has_begun_ = false;
    waiting_since_.reset();
    script_.pop_front();
  }
}

bool Show::perform(const ScriptCommand& command) {
  const std::string& name = command.name;
  const auto argument = [&](std::size_t i) { return command.arguments.at(i); };
  if (name == "wait") return seconds_since(*waiting_since_) >= std::stod(argument(0));
  if (name == "labels") {
    return static_cast<double>(labelling_.status().frames - labelled_before_) >=
           std::stod(argument(0));
  }
  if (name == "view") return view_is_settled();
  if (name == "screenshot") {
    // Done once the file has been written.
    if (std::exchange(has_begun_, true)) return !screenshot_ && !screenshot_writer_.is_busy();
    screenshot_ = argument(0);
    return false;
  }
  if (name == "key") press(*key_named(argument(0)));
  if (name == "resize") window_.resize(std::stoi(argument(0)), std::stoi(argument(1)));
  if (name == "minimise") window_.minimise();
  if (name == "restore") window_.restore();
  if (name == "lose" && argument(0) == "swapchain") renderer_.swapchain().lose_images();
  if (name == "lose" && argument(0) == "surface") renderer_.swapchain().lose_surface();
  if (name == "status") {
    std::puts(status_row(status()).c_str());
    std::fflush(stdout);
  }
  if (name == "quit") window_.close();
  return true;
}

WindowStatus Show::status() const {
  WindowStatus status;
  status.capture = capture_.status();
  status.labelling = labelling_.status();
  if (const auto latest = labelling_.latest()) status.latency_s = latest->latency_s;
  status.display_rate = rate_.per_second();
  status.is_paused = is_paused_;
  status.is_mirrored = is_mirrored_;
  status.is_minimised = window_.is_minimised();
  status.width = window_.width();
  status.height = window_.height();
  status.view = view_.wish();
  status.view_is_shown = view_maker_.image() != nullptr;
  status.view_refusal = view_refusal();
  status.layout = overlay_.layout();
  status.places = overlay_.places();
  return status;
}

void Show::tell_of_refusal(const Labelling::Status& status) {
  if (std::exchange(refusals_, status.refusals) != status.refusals) say(status.refusal);
}

OverlayContent Show::content() const {
  OverlayContent content;
  content.capture = capture_.status();
  content.labelling = labelling_.status();
  content.labelled = labelling_.latest();
  content.device = device_name_;
  content.display_rate = rate_.per_second();
  content.is_paused = is_paused_;
  content.shows_help = shows_help_;
  content.view = view_.wish().view;
  return content;
}

void Show::draw() {
  const Clock::time_point now = Clock::now();
  if (now > message_until_) message_.clear();
  if (const std::optional<std::string> outcome = screenshot_writer_.outcome()) say(*outcome);
  if (overlay_.set_window(window_.width(), window_.height(), window_.scale())) {
    renderer_.forget_glyphs();
  }
  OverlayContent shown = content();
  tell_of_refusal(shown.labelling);
  shown.message = message_;
  view_maker_.ask(view_.wish(), shown.labelled);
  shown.view_image = view_maker_.image();
  shown.view_refusal = view_refusal();
  Renderer::Scene scene;
  scene.frame = exchange_.newest();
  scene.mirrored = is_mirrored_;
  scene.view = shown.view_image;
  scene.overlay = &overlay_.draw(shown, seconds_between(last_drawn_, now));
  scene.area = overlay_.layout().image;
  last_drawn_ = now;
  const bool takes_screenshot = screenshot_ && !screenshot_writer_.is_busy();
  WindowPixels pixels;
  if (!renderer_.draw(scene, takes_screenshot ? &pixels : nullptr)) return;
  rate_.tick();
  if (!takes_screenshot) return;
  if (pixels.bytes.empty()) {
    say("screenshots are not possible on this display");
  } else {
    screenshot_writer_.write(*screenshot_, std::move(pixels));
  }
  screenshot_.reset();
}

std::vector<std::string> run_window(const Options& options, const WindowOptions& window_options) {
  const WindowSystem system;
  gfnet::SharedDevice::ValidationLog log;
  {
    gfnet::SharedDeviceOptions shared;
    shared.device = options.classifier.device;
    shared.instance_extensions = system.instance_extensions();
    shared.device_extensions = {VK_KHR_SWAPCHAIN_EXTENSION_NAME};
    shared.graphics = true;
    const gfnet::SharedDevice device(shared);
    load_vulkan(device);
    log = device.validation_log();
    // First the source: its errors are reported before a window opens.
    VkPhysicalDeviceProperties properties{};
    vkGetPhysicalDeviceProperties(device.physical_device(), &properties);
    Capture capture(device, options.source,
                    {.loop = options.loop,
                     .after_last = FrameExchange::AfterLast::kStay,
                     .longest_side = properties.limits.maxImageDimension2D,
                     .interrupted = options.interrupted});
    std::function<bool(const LabelledFrame&)> use;
    if (window_options.json) {
      use = [&](const LabelledFrame& labelled) {
        std::puts(json_row(labelled, capture.status().dropped).c_str());
        std::fflush(stdout);
        return true;
      };
    }
    Labelling labelling(device, options.models, options.classifier, capture.exchange(), use);
    Window window("gfnet live", window_options.width, window_options.height);
    Show(device, window, capture, labelling, options, window_options).run();
  }
  return log.messages();
}

}  // namespace live
