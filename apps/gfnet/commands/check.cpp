#include <fmt/format.h>
#include <gfnet/check.h>
#include <gfnet/gfnet.h>
#include <gfnet/libraries.h>
#include <gfnet/table.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "command_line/command.h"
#include "command_line/command_line.h"
#include "command_line/options.h"
#include "inputs/overwrite.h"
#include "system/paths.h"
#include "terminal/terminal.h"

namespace app {
namespace {

using gfnet::system::text_of;

using gfnet::Align;
using gfnet::CheckedKernel;
using gfnet::CheckReport;

/// An error as a share of the bound: "12 %", "1.4e+06 %", "not finite".
std::string share_text(const CheckedKernel& kernel) {
  if (!std::isfinite(kernel.worst)) return "not finite";
  return kernel.worst < 10 ? fmt::format("{:.1f} %", 100 * kernel.worst)
                           : fmt::format("{:.1e} %", 100 * kernel.worst);
}

std::ptrdiff_t wrong_count(const CheckReport& report) {
  return std::ranges::count_if(
      report.kernels, [](const CheckedKernel& kernel) { return gfnet::is_failure(kernel.result); });
}

std::ptrdiff_t unchecked_count(const CheckReport& report) {
  return std::ranges::count(report.kernels, gfnet::CheckResult::kNotChecked,
                            &CheckedKernel::result);
}

/// "123 checked, all right"; "123 checked, 2 not right, 1 more not checked".
std::string summary_of(const CheckReport& report) {
  const std::ptrdiff_t wrong = wrong_count(report);
  const std::ptrdiff_t unchecked = unchecked_count(report);
  std::string text =
      fmt::format("{} checked, {}", std::ssize(report.kernels) - unchecked,
                  wrong == 0 ? std::string("all right") : fmt::format("{} not right", wrong));
  if (unchecked != 0) text += fmt::format(", {} more not checked", unchecked);
  return text;
}

void print_table(const CheckReport& report) {
  std::printf("device  %s\ndriver  %s\nVulkan  %s\ngfnet   %s\nseed    %u\n\n",
              report.device.name.c_str(), report.device.driver.c_str(),
              report.device.api_version.c_str(), gfnet::version(), report.seed);
  gfnet::Table table({{"kernel", Align::kLeft},
                      {"result", Align::kLeft},
                      {"problems", Align::kRight},
                      {"worst error", Align::kRight},
                      {"at", Align::kLeft},
                      {"time", Align::kRight}});
  for (const CheckedKernel& kernel : report.kernels) {
    table.add({kernel.label, std::string(gfnet::name_of(kernel.result)),
               std::to_string(kernel.problems), share_text(kernel), kernel.sizes,
               fmt::format("{:.2f} s", kernel.seconds)});
  }
  std::fputs(table.text().c_str(), stdout);
  for (const CheckedKernel& kernel : report.kernels) {
    if (kernel.cause.empty()) continue;
    std::printf("%s (%s): %s\n", kernel.label.c_str(), kernel.name.c_str(),
                gfnet::printable(kernel.cause).c_str());
  }
  std::printf("\n%s\n", summary_of(report).c_str());
}

void print_json(const CheckReport& report) {
  auto kernels = nlohmann::ordered_json::array();
  for (const CheckedKernel& kernel : report.kernels) {
    // JSON has no infinity: an error that is not finite is null.
    const nlohmann::ordered_json worst = std::isfinite(kernel.worst)
                                             ? nlohmann::ordered_json(kernel.worst)
                                             : nlohmann::ordered_json();
    kernels.push_back({{"kernel", kernel.label},
                       {"name", kernel.name},
                       {"result", gfnet::name_of(kernel.result)},
                       {"problems", kernel.problems},
                       {"worst_error", worst},
                       {"sizes", kernel.sizes},
                       {"seconds", kernel.seconds},
                       {"cause", kernel.cause}});
  }
  const nlohmann::ordered_json document{{"device", report.device.name},
                                        {"driver", report.device.driver},
                                        {"api_version", report.device.api_version},
                                        {"gfnet", gfnet::version()},
                                        {"seed", report.seed},
                                        {"all_right", report.all_right()},
                                        {"kernels", std::move(kernels)}};
  std::puts(document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

}  // namespace

void add_check(CommandLine& line) {
  struct Options {
    std::string model;
    std::string weights;
    std::string device;
    std::optional<std::int64_t> seed;
    bool json = false;
  };
  Command command = line.add(
      "check", "Compare every kernel on this device with the scalar reference, for a bug report");
  auto options = std::make_shared<Options>();
  add_model_option(command, options->model,
                   "Checkpoint whose kernels are checked too; default: the bundled model");
  add_weights_option(command, options->weights);
  add_device_option(command, options->device);
  command
      .option("--seed", options->seed,
              "Seed of the random data, to repeat a check; default: another one each time")
      .range(std::int64_t{0}, std::int64_t{std::numeric_limits<std::uint32_t>::max()});
  command.flag("--json", options->json, "Print JSON");
  command.action([options]() -> int {
    check_single_device("check", options->device);
    OverwriteGuard::check_streams({text_of(model_path(options->model))});
    const gfnet::Model model = load_model(options->model, options->weights, {});
    StatusLine status;
    gfnet::CheckOptions check;
    check.device = options->device;
    if (options->seed) check.seed = static_cast<std::uint32_t>(*options->seed);
    check.on_begin = [&](const CheckedKernel& kernel) {
      status.show(fmt::format("{}, {}", kernel.label, kernel.sizes));
    };
    const CheckReport report = gfnet::check_device(check, &model);
    status.clear();
    options->json ? print_json(report) : print_table(report);
    const int validation = report_validation(report.validation_messages);
    return report.all_right() ? validation : kNoDevice;
  });
}

}  // namespace app
