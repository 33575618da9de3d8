#include <gfnet/error.h>

#include "session/live.h"

namespace live {

std::vector<std::string> run_window(const Options&, const WindowOptions&) {
  throw gfnet::UnsupportedError(
      "cannot open a window: this gfnet was built without GLFW or Dear ImGui; gfnet live "
      "--headless needs neither");
}

}  // namespace live
