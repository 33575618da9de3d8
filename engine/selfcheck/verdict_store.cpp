#include "selfcheck/verdict_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/cache_file.h"
#include "base/log.h"
#include "vulkan/device_key.h"
#include "vulkan/pipelines/shader_library.h"

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
    text += std::string(name_of(result)) + '\t' + kernel + '\n';
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

VerdictStore::VerdictStore(const vulkan::DeviceInfo& device,
                           const std::filesystem::path& directory) {
  if (directory.empty()) return;
  path_ = directory / fmt::format("verdicts-{}.bin", vulkan::device_file_tag(device));
  key_ = fmt::format("{}|{}", vulkan::device_key(device), vulkan::embedded_shaders_digest());
  if (auto verdicts = read()) verdicts_ = std::move(*verdicts);
}

std::optional<Verdicts> VerdictStore::read() const {
  const auto content = read_cache_file(path_, key_);
  if (!content) return std::nullopt;
  auto verdicts = Verdicts::from_text(std::string(content->begin(), content->end()));
  if (!verdicts) {
    log(LogLevel::kWarning, path_.string() + ": not a list of verdicts; checking again");
  }
  return verdicts;
}

void VerdictStore::remember(const Verdicts& verdicts) {
  if (!path_.empty()) {
    if (const auto others = read()) verdicts_.adopt(*others);
  }
  verdicts_.adopt(verdicts);
  if (path_.empty()) return;
  const std::string text = verdicts_.to_text();
  write_cache_file(path_, key_,
                   std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

}  // namespace gfnet::selfcheck
