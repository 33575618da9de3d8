#include <gfnet/error.h>

#include "live.h"

namespace live {

std::vector<std::string> run_window(const Options&, const WindowOptions&) {
  throw gfnet::UnsupportedError(
      "a window: this gfnet was built without GLFW or Dear ImGui; gfnet live --headless needs "
      "none");
}

}  // namespace live
