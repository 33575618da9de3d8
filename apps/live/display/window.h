#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "display/keys.h"

struct GLFWwindow;

namespace live {

/// Keeps GLFW initialised while this object lives. The constructor throws gfnet::Error if there is
/// no display, and gfnet::NoDeviceError if Vulkan cannot draw to the display.
class WindowSystem {
 public:
  WindowSystem();
  ~WindowSystem();
  WindowSystem(const WindowSystem&) = delete;
  WindowSystem& operator=(const WindowSystem&) = delete;

  /// Vulkan extensions that a window's surface needs.
  std::vector<std::string> instance_extensions() const;
};

/// The window of gfnet live. Only the main thread may use this class. The constructor throws
/// gfnet::Error if the window cannot be opened.
class Window {
 public:
  Window(const std::string& title, int width, int height);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  GLFWwindow* handle() const { return window_; }
  void on_key(std::function<void(Key)> handler) { handler_ = std::move(handler); }

  /// In pixels. May be 0 while the window is minimised.
  std::uint32_t width() const;
  std::uint32_t height() const;
  bool is_minimised() const;
  /// Refresh rate, in Hz, of the display that shows most of the window. 60 if the rate is not
  /// known.
  double refresh_rate() const;
  /// Pixels per unit of length. The unit is as long as one pixel of a display with normal density,
  /// so that the result is 1 on such a display and, for example, 2 on a high-density display.
  float scale() const;

  bool wants_to_close() const;
  void close();
  void resize(int width, int height);
  void minimise();
  void restore();
  void toggle_full_screen();

  /// poll() handles the pending events. wait() waits for an event, for at most `seconds`, and then
  /// handles the pending events.
  static void poll();
  static void wait(double seconds);

 private:
  static void key_pressed(GLFWwindow* window, int key, int scancode, int action, int modifiers);
  static void character_typed(GLFWwindow* window, unsigned character);

  static void moved(GLFWwindow* window, int x, int y);

  GLFWwindow* window_ = nullptr;
  /// Cached result of refresh_rate(). 0: the next call of refresh_rate() must ask the system again,
  /// because the window may be on another display.
  mutable double refresh_rate_ = 0;
  std::function<void(Key)> handler_;
  /// Whether the last key event was a repetition, because a key is held down. A repetition must not
  /// trigger the action of the key again.
  bool repeats_ = false;
  /// Position and size of the window before full screen began. They are restored when full screen
  /// ends.
  int x_ = 0;
  int y_ = 0;
  int width_ = 0;
  int height_ = 0;
};

}  // namespace live
