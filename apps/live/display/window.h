#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "display/keys.h"

struct GLFWwindow;

namespace live {

/// Keeps GLFW initialised while it lives. Throws gfnet::Error if there is no display, or
/// gfnet::NoDeviceError if Vulkan cannot draw to the display.
class WindowSystem {
 public:
  WindowSystem();
  ~WindowSystem();
  WindowSystem(const WindowSystem&) = delete;
  WindowSystem& operator=(const WindowSystem&) = delete;

  /// Vulkan extensions that a window's surface needs.
  std::vector<std::string> instance_extensions() const;
};

/// The window. Only the main thread may use it. Throws gfnet::Error if it cannot be opened.
class Window {
 public:
  Window(const std::string& title, int width, int height);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  GLFWwindow* handle() const { return window_; }
  void on_key(std::function<void(Key)> handler) { handler_ = std::move(handler); }

  /// In pixels; 0 while it is minimised.
  std::uint32_t width() const;
  std::uint32_t height() const;
  bool is_minimised() const;
  /// Refresh rate in Hz of the display that shows most of the window; 60 if it is not known.
  double refresh_rate() const;
  /// Pixels per unit of length: 2 on a high-density display.
  float scale() const;

  bool wants_to_close() const;
  void close();
  void resize(int width, int height);
  void minimise();
  void restore();
  void toggle_full_screen();

  /// Handles the pending events. wait() first waits for an event, for at most `seconds`.
  static void poll();
  static void wait(double seconds);

 private:
  static void key_pressed(GLFWwindow* window, int key, int scancode, int action, int modifiers);
  static void character_typed(GLFWwindow* window, unsigned character);

  static void moved(GLFWwindow* window, int x, int y);

  GLFWwindow* window_ = nullptr;
  /// Cached result of refresh_rate(). 0: the next call must read it again, because the window may
  /// be on another display.
  mutable double refresh_rate_ = 0;
  std::function<void(Key)> handler_;
  /// Whether the last key event came from a key that is held down. It must not trigger its action
  /// again.
  bool repeats_ = false;
  /// The window's position and size before it became full screen, to restore them.
  int x_ = 0;
  int y_ = 0;
  int width_ = 0;
  int height_ = 0;
};

}  // namespace live
