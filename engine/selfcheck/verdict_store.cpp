#include "selfcheck/verdict_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <system_error>
#include <thread>

#include "base/cache_file.h"
#include "base/log.h"
#include "selfcheck/process/try_mark.h"
#include "system/descriptor.h"
#include "system/file_lock.h"
#include "system/paths.h"

namespace gfnet::selfcheck {
namespace {

constexpr CheckResult kResults[] = {
    CheckResult::kRight,   CheckResult::kWrong, CheckResult::kUnsteady,  CheckResult::kRefused,
    CheckResult::kCrashed, CheckResult::kHung,  CheckResult::kNotChecked};

/// How long another process is waited for. Verdicts are written in milliseconds, but a process may
/// have been stopped meanwhile.
constexpr std::chrono::seconds kMostWait{5};

/// Waits until no other process changes verdicts in the folder of `path`, and lets none do so while
/// the result lives. The folder is made if there is none. Without effect if the system cannot lock
/// it, as some network file systems cannot.
system::Descriptor lock_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  system::Descriptor folder(system::open_to_lock(path.parent_path()));
  if (folder.get() < 0) return folder;
  const auto end = std::chrono::steady_clock::now() + kMostWait;
  while (system::try_lock(folder.get()) != system::Lock::kHeld &&
         std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return folder;
}

}  // namespace

const Verdict* Verdicts::find(std::string_view kernel) const {
  const auto found = by_kernel_.find(kernel);
  return found == by_kernel_.end() ? nullptr : &found->second;
}

kernels::SwitchedOff Verdicts::switched_off() const {
  kernels::SwitchedOff off;
  for (const auto& [kernel, verdict] : by_kernel_) {
    if (is_failure(verdict.result)) off.insert(kernel);
  }
  return off;
}

void Verdicts::adopt(const Verdicts& other) {
  for (const auto& [kernel, verdict] : other.by_kernel_) by_kernel_[kernel] = verdict;
}

std::string Verdicts::to_text() const {
  std::string text;
  for (const auto& [kernel, verdict] : by_kernel_) {
    text += fmt::format("{}\t{}\t{}\t{}\t{}\n", name_of(verdict.result), verdict.seed,
                        verdict.sizes, verdict.problem, kernel);
  }
  return text;
}

std::optional<Verdicts> Verdicts::from_text(std::string_view text) {
  Verdicts verdicts;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const auto name = take_field(line);
    const auto seed = take_field(line);
    const auto sizes = take_field(line);
    const auto problem = take_field(line);
    if (!name || !seed || !sizes || !problem || line.empty()) return std::nullopt;
    const auto result =
        std::ranges::find_if(kResults, [&](CheckResult known) { return name_of(known) == *name; });
    Verdict verdict;
    const auto [rest, error] =
        std::from_chars(seed->data(), seed->data() + seed->size(), verdict.seed);
    if (result == std::end(kResults) || error != std::errc() ||
        rest != seed->data() + seed->size()) {
      return std::nullopt;
    }
    verdict.result = *result;
    verdict.sizes = *sizes;
    verdict.problem = *problem;
    verdicts.set(std::string(line), std::move(verdict));
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
        fmt::format("{}: not a list of verdicts; checking again", system::text_of(file_.path())));
  }
  return verdicts;
}

bool VerdictStore::remember(const Verdicts& verdicts) {
  const system::Descriptor lock =
      file_.path().empty() ? system::Descriptor() : lock_folder(file_.path());
  if (const auto others = read()) verdicts_.adopt(*others);
  verdicts_.adopt(verdicts);
  return file_.write(verdicts_.to_text(), Written::kToDisk);
}

void remember_fatal_kernels(VerdictStore& store, const vulkan::DeviceInfo& device,
                            const std::filesystem::path& directory) {
  const std::set<std::string> fatal = fatal_kernels(device, directory);
  Verdicts verdicts;
  for (const std::string& kernel : fatal) verdicts.set(kernel, {CheckResult::kCrashed});
  if (fatal.empty() || store.remember(verdicts)) remove_marks(device, directory, fatal);
  if (fatal.empty()) return;
  log(LogLevel::kWarning,
      fmt::format("{}: the machine or the program went down while this was tried, and it is "
                  "switched off: {}; gfnet check tries it again",
                  device.name, fmt::join(fatal, ", ")));
}

}  // namespace gfnet::selfcheck
