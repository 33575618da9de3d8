#include <gfnet/check.h>
#include <gfnet/device.h>
#include <gfnet/error.h>
#include <gfnet/libraries.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "binding.h"
#include "interruptible.h"
#include "process.h"

namespace binding {
namespace {

nb::dict dict_of(const gfnet::DeviceDescription& device) {
  nb::dict d;
  d["index"] = device.index;
  d["name"] = device.name;
  d["driver"] = device.driver;
  d["type"] = device.type;
  d["vendor_id"] = device.vendor_id;
  d["uuid"] = device.uuid;
  d["pci_address"] = device.pci_address;
  d["api_version"] = device.api_version;
  d["memory_bytes"] = device.memory_bytes;
  d["fp16_storage"] = device.fp16_storage;
  d["fp16_arithmetic"] = device.fp16_arithmetic;
  d["matrix_units"] = device.matrix_units;
  d["auto_precision"] = std::string(gfnet::name_of(device.auto_precision));
  d["is_default"] = device.is_default;
  return d;
}

nb::list list_devices() {
  enter_devices();
  const auto found = std::make_shared<std::vector<gfnet::DeviceDescription>>();
  run_interruptibly([found](const Stop&) { *found = gfnet::list_devices(); });
  nb::list devices;
  for (const gfnet::DeviceDescription& device : *found) devices.append(dict_of(device));
  return devices;
}

nb::dict dict_of(const gfnet::CheckedKernel& kernel) {
  nb::dict d;
  d["name"] = kernel.name;
  d["label"] = kernel.label;
  d["result"] = std::string(gfnet::name_of(kernel.result));
  d["problems"] = kernel.problems;
  d["worst"] = kernel.worst;
  d["sizes"] = kernel.sizes;
  d["seconds"] = kernel.seconds;
  d["cause"] = kernel.cause;
  return d;
}

nb::tuple check(const std::string& device, const std::optional<gfnet::Model>& model,
                std::optional<std::uint32_t> seed) {
  enter_devices();
  const auto report = std::make_shared<gfnet::CheckReport>();
  run_interruptibly([=](const Stop& stop) {
    gfnet::CheckOptions options;
    options.device = device;
    options.seed = seed;
    options.on_begin = [&stop](const gfnet::CheckedKernel&) {
      if (stop.is_requested()) throw gfnet::Error("the check was interrupted");
    };
    *report = gfnet::check_device(options, model ? &*model : nullptr);
  });
  nb::list kernels;
  for (const gfnet::CheckedKernel& kernel : report->kernels) kernels.append(dict_of(kernel));
  return nb::make_tuple(dict_of(report->device), report->seed, kernels, report->all_right());
}

nb::list libraries() {
  nb::list all;
  for (const gfnet::Library& library : gfnet::libraries())
    all.append(nb::make_tuple(library.name, library.version, library.present));
  return all;
}

}  // namespace

void add_devices(nb::module_& module) {
  module.def("list_devices", &list_devices, "All Vulkan devices, as gfnet.devices() lists them.");
  module.def("check", &check, nb::arg("device"), nb::arg("model").none(), nb::arg("seed").none(),
             "Checks a device: (device, seed, kernels, whether all are right).");
  module.def(
      "set_check_program",
      [](std::vector<std::string> program) { gfnet::set_check_program(std::move(program)); },
      nb::arg("program"),
      "Names the command line of the program that tries kernels in a process of its own.");
  module.def("libraries", &libraries,
             "The third-party libraries inside: (name, version, whether it is present).");
}

}  // namespace binding
