#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "keys.h"

struct GLFWwindow;

namespace live {

/// GLFW for as long as it lives. Throws gfnet::Error if there is no display, or no Vulkan for it.
class WindowSystem {
 public:
  WindowSystem();
  ~WindowSystem();
  WindowSystem(const WindowSystem&) = delete;
  WindowSystem& operator=(const WindowSystem&) = delete;

  /// Vulkan extensions that a window's surface needs.
  std::vector<std::string> instance_extensions() const;
};

/// The window. Used by the main thread alone.
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
  /// How often a second the display shows something new on which most of the window is.
  double refresh_rate() const;
  /// How many pixels a unit of length takes, 2 on a dense display.
  float scale() const;

  bool wants_to_close() const;
  void close();
  void resize(int width, int height);
  void minimise();
  void restore();
  void toggle_full_screen();

  static void poll();
  static void wait(double seconds);

 private:
  static void key_pressed(GLFWwindow* window, int key, int scancode, int action, int modifiers);
  static void character_typed(GLFWwindow* window, unsigned character);

  static void moved(GLFWwindow* window, int x, int y);

  GLFWwindow* window_ = nullptr;
  /// Of its display; 0: not known, it may have moved to another.
  mutable double refresh_rate_ = 0;
  std::function<void(Key)> handler_;
  /// Whether the last key is held down: it is to act once.
  bool repeats_ = false;
  /// Where it was before it filled the screen.
  int x_ = 0;
  int y_ = 0;
  int width_ = 0;
  int height_ = 0;
};

}  // namespace live
