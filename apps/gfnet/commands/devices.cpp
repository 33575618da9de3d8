#include <fmt/format.h>
#include <gfnet/gfnet.h>
#include <gfnet/table.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "command_line/command.h"
#include "command_line/command_line.h"
#include "terminal/units.h"

namespace app {
namespace {

using gfnet::Align;
using gfnet::Table;

std::string fp16_support(const gfnet::DeviceDescription& device) {
  if (device.fp16_storage && device.fp16_arithmetic) return "yes";
  if (device.fp16_storage) return "storage";
  return device.fp16_arithmetic ? "arithmetic" : "no";
}

/// The shapes of matrix products that the device's matrix units support, as text. A shape is
/// rows×columns×inner size: "16×16×16 16×8×16". "no" if the device has no matrix units.
std::string matrix_shapes(const gfnet::DeviceDescription& device) {
  std::string text;
  for (const auto& [rows, columns, inner] : device.matrix_shapes) {
    text += fmt::format("{}{}×{}×{}", text.empty() ? "" : " ", rows, columns, inner);
  }
  return text.empty() ? "no" : text;
}

void print_table(const std::vector<gfnet::DeviceDescription>& devices) {
  Table table({{"", Align::kLeft},
               {"#", Align::kRight},
               {"device", Align::kLeft},
               {"driver", Align::kLeft},
               {"type", Align::kLeft},
               {"Vulkan", Align::kLeft},
               {"memory", Align::kRight},
               {"fp16", Align::kLeft},
               {"auto precision", Align::kLeft},
               {"matrix units", Align::kLeft},
               {"subgroup", Align::kRight}});
  for (const gfnet::DeviceDescription& d : devices) {
    table.add({d.is_default ? "*" : "", std::to_string(d.index), d.name, d.driver, d.type,
               d.api_version, memory_size(d.memory_bytes), fp16_support(d),
               std::string(gfnet::name_of(d.auto_precision)), matrix_shapes(d),
               std::to_string(d.subgroup_size)});
  }
  std::fputs(table.text().c_str(), stdout);
}

void print_json(const std::vector<gfnet::DeviceDescription>& devices) {
  auto document = nlohmann::ordered_json::array();
  for (const gfnet::DeviceDescription& d : devices) {
    document.push_back({{"index", d.index},
                        {"name", d.name},
                        {"driver", d.driver},
                        {"type", d.type},
                        {"api_version", d.api_version},
                        {"memory_bytes", d.memory_bytes},
                        {"max_buffer_bytes", d.max_buffer_bytes},
                        {"max_workgroup_invocations", d.max_workgroup_invocations},
                        {"shared_memory_bytes", d.shared_memory_bytes},
                        {"subgroup_size", d.subgroup_size},
                        {"fp16_storage", d.fp16_storage},
                        {"fp16_arithmetic", d.fp16_arithmetic},
                        {"auto_precision", gfnet::name_of(d.auto_precision)},
                        {"matrix_units", d.matrix_units},
                        {"matrix_shapes", d.matrix_shapes},
                        {"timestamps", d.timestamps},
                        {"default", d.is_default}});
  }
  std::puts(document.dump(2).c_str());
}

}  // namespace

void add_devices(CommandLine& line) {
  Command command = line.add("devices", "List the Vulkan devices");
  auto json = std::make_shared<bool>(false);
  command.flag("--json", *json, "Print JSON");
  command.action([json] {
    const std::vector<gfnet::DeviceDescription> devices = gfnet::list_devices();
    if (devices.empty()) gfnet::select_devices("");  // throws NoDeviceError with the reason
    *json ? print_json(devices) : print_table(devices);
    return kAllDone;
  });
}

}  // namespace app
