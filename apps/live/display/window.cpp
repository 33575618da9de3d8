#include "display/window.h"

#include <fmt/format.h>
#include <gfnet/error.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "display/glfw.h"

namespace live {
namespace {

std::string last_error() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text != nullptr ? text : "unknown cause";
}

/// Refresh rate, in Hz, that is assumed for a display that does not report one.
constexpr double kUsualRefreshRate = 60;

/// Length of the overlap of two intervals.
int common_length(int from_a, int length_a, int from_b, int length_b) {
  return std::max(0, std::min(from_a + length_a, from_b + length_b) - std::max(from_a, from_b));
}

/// The monitor that shows most of the window; null if there is no monitor.
GLFWmonitor* monitor_of(GLFWwindow* window) {
  if (GLFWmonitor* const filled = glfwGetWindowMonitor(window)) return filled;
  GLFWmonitor* best = glfwGetPrimaryMonitor();
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  glfwGetWindowPos(window, &x, &y);  // (0, 0) on systems that do not report it
  glfwGetWindowSize(window, &width, &height);
  std::int64_t most = 0;
  int count = 0;
  GLFWmonitor* const* const monitors = glfwGetMonitors(&count);
  for (GLFWmonitor* const monitor : std::span(monitors, static_cast<std::size_t>(count))) {
    const GLFWvidmode* const mode = glfwGetVideoMode(monitor);
    if (mode == nullptr) continue;
    int left = 0;
    int top = 0;
    glfwGetMonitorPos(monitor, &left, &top);
    const std::int64_t area = std::int64_t{common_length(x, width, left, mode->width)} *
                              common_length(y, height, top, mode->height);
    if (area > most) {
      most = area;
      best = monitor;
    }
  }
  return best;
}

}  // namespace

WindowSystem::WindowSystem() {
  if (glfwInit() == GLFW_FALSE) {
    throw gfnet::Error(
        fmt::format("no window: {}; gfnet live --headless needs no display", last_error()));
  }
  if (glfwVulkanSupported() == GLFW_FALSE) {
    const std::string cause = last_error();
    glfwTerminate();
    throw gfnet::NoDeviceError("no Vulkan for this display: " + cause);
  }
}

WindowSystem::~WindowSystem() { glfwTerminate(); }

std::vector<std::string> WindowSystem::instance_extensions() const {
  std::uint32_t count = 0;
  const char** const names = glfwGetRequiredInstanceExtensions(&count);
  return {names, names + count};
}

Window::Window(const std::string& title, int width, int height) {
  glfwWindowHint(GLFW_CLIENT_API, GLFW_NO_API);
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
  // At a stand, somebody may work on another screen: full screen must stay open then.
  glfwWindowHint(GLFW_AUTO_ICONIFY, GLFW_FALSE);
  window_ = glfwCreateWindow(width, height, title.c_str(), nullptr, nullptr);
  if (window_ == nullptr) throw gfnet::Error("no window: " + last_error());
  glfwSetWindowUserPointer(window_, this);
  glfwSetKeyCallback(window_, key_pressed);
  glfwSetCharCallback(window_, character_typed);
  glfwSetWindowPosCallback(window_, moved);
}

Window::~Window() { glfwDestroyWindow(window_); }

void Window::key_pressed(GLFWwindow* window, int key, int, int action, int) {
  Window& self = *static_cast<Window*>(glfwGetWindowUserPointer(window));
  self.repeats_ = action == GLFW_REPEAT;
  if (action != GLFW_PRESS || !self.handler_) return;
  if (key == GLFW_KEY_ESCAPE) self.handler_(Key::kQuit);
  if (key == GLFW_KEY_F11) self.handler_(Key::kFullScreen);
  if (key == GLFW_KEY_F1) self.handler_(Key::kHelp);
  if (key == GLFW_KEY_UP) self.handler_(Key::kNextLayer);
  if (key == GLFW_KEY_DOWN) self.handler_(Key::kPreviousLayer);
}

void Window::character_typed(GLFWwindow* window, unsigned character) {
  const Window& self = *static_cast<Window*>(glfwGetWindowUserPointer(window));
  const std::optional<Key> key = key_typed(character);
  if (key && self.handler_ && !self.repeats_) self.handler_(*key);
}

std::uint32_t Window::width() const {
  int width = 0;
  glfwGetFramebufferSize(window_, &width, nullptr);
  return static_cast<std::uint32_t>(width);
}

std::uint32_t Window::height() const {
  int height = 0;
  glfwGetFramebufferSize(window_, nullptr, &height);
  return static_cast<std::uint32_t>(height);
}

bool Window::is_minimised() const {
  return glfwGetWindowAttrib(window_, GLFW_ICONIFIED) == GLFW_TRUE || width() == 0 || height() == 0;
}

void Window::moved(GLFWwindow* window, int, int) {
  static_cast<const Window*>(glfwGetWindowUserPointer(window))->refresh_rate_ = 0;
}

double Window::refresh_rate() const {
  if (refresh_rate_ > 0) return refresh_rate_;
  GLFWmonitor* const monitor = monitor_of(window_);
  const GLFWvidmode* const mode = monitor != nullptr ? glfwGetVideoMode(monitor) : nullptr;
  refresh_rate_ = mode != nullptr && mode->refreshRate > 0 ? mode->refreshRate : kUsualRefreshRate;
  return refresh_rate_;
}

float Window::scale() const {
  float x = 1;
  float y = 1;
  glfwGetWindowContentScale(window_, &x, &y);
  return x > 0 ? x : 1;
}

bool Window::wants_to_close() const { return glfwWindowShouldClose(window_) == GLFW_TRUE; }
void Window::close() { glfwSetWindowShouldClose(window_, GLFW_TRUE); }
void Window::resize(int width, int height) { glfwSetWindowSize(window_, width, height); }
void Window::minimise() { glfwIconifyWindow(window_); }
void Window::restore() { glfwRestoreWindow(window_); }

void Window::toggle_full_screen() {
  refresh_rate_ = 0;
  if (glfwGetWindowMonitor(window_) != nullptr) {
    glfwSetWindowMonitor(window_, nullptr, x_, y_, width_, height_, GLFW_DONT_CARE);
    return;
  }
  GLFWmonitor* const monitor = monitor_of(window_);
  const GLFWvidmode* const mode = monitor != nullptr ? glfwGetVideoMode(monitor) : nullptr;
  if (mode == nullptr) return;
  glfwGetWindowPos(window_, &x_, &y_);
  glfwGetWindowSize(window_, &width_, &height_);
  glfwSetWindowMonitor(window_, monitor, 0, 0, mode->width, mode->height, mode->refreshRate);
}

void Window::poll() { glfwPollEvents(); }
void Window::wait(double seconds) { glfwWaitEventsTimeout(seconds); }

}  // namespace live
