#include "binding.h"

NB_MODULE(_gfnet, module) {
  // What daemon threads still hold when the interpreter ends is no leak.
  nanobind::set_leak_warnings(false);
  module.doc() = "GFNet compiled to Vulkan compute pipelines: the C++ half of the package gfnet.";
  module.attr("version") = GFNET_VERSION;
  binding::add_errors();
  binding::add_calls(module);
  binding::add_devices(module);
  binding::add_model(module);
  binding::add_session(module);
  binding::add_drawings(module);
  binding::add_command(module);
}
