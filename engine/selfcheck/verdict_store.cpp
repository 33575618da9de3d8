#include "selfcheck/verdict_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"

namespace gfnet::selfcheck {
namespace {

constexpr CheckResult kResults[] = {CheckResult::kRight,    CheckResult::kWrong,
                                    CheckResult::kUnsteady, CheckResult::kRefused,
                                    CheckResult::kCrashed,  CheckResult::kHung};

}  // namespace

kernels::SwitchedOff Verdicts::switched_off() const {
  kernels::SwitchedOff off;
  for (const auto& [kernel, result] : by_kernel_) {
    if (result != CheckResult::kRight) off.insert(kernel);
  }
  return off;
}

void Verdicts::adopt(const Verdicts& other) {
  for (const auto& [kernel, result] : other.by_kernel_) by_kernel_[kernel] = result;
}

std::string Verdicts::to_text() const {
  std::string text;
  for (const auto& [kernel, result] : by_kernel_) {
    text += fmt::format("{}\t{}\n", name_of(result), kernel);
  }
  return text;
}

std::optional<Verdicts> Verdicts::from_text(std::string_view text) {
  Verdicts verdicts;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || tab + 1 == line.size()) return std::nullopt;
    const auto result = std::ranges::find_if(
        kResults, [&](CheckResult known) { return name_of(known) == line.substr(0, tab); });
    if (result == std::end(kResults)) return std::nullopt;
    verdicts.set(std::string(line.substr(tab + 1)), *result);
  }
  return verdicts;
}

VerdictStore::VerdictStore(const vulkan::DeviceInfo& device, const std::filesystem::path& directory)
    : file_(device, directory, "verdicts") {
  if (auto verdicts = read()) verdicts_ = std::move(*verdicts);
}

std::optional<Verdicts> VerdictStore::read() const {
  const auto text = file_.read();
  if (!text) return std::nullopt;
  auto verdicts = Verdicts::from_text(*text);
  if (!verdicts) {
    log(LogLevel::kWarning,
        fmt::format("{}: not a list of verdicts; checking again", file_.path().string()));
  }
  return verdicts;
}

void VerdictStore::remember(const Verdicts& verdicts) {
  if (const auto others = read()) verdicts_.adopt(*others);
  verdicts_.adopt(verdicts);
  file_.write(verdicts_.to_text());
}

}  // namespace gfnet::selfcheck
