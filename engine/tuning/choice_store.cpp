#include "tuning/choice_store.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "base/cache_file.h"
#include "base/log.h"
#include "vulkan/device_key.h"
#include "vulkan/pipelines/shader_library.h"

namespace gfnet::tuning {

ChoiceStore::ChoiceStore(const vulkan::DeviceInfo& device, const std::filesystem::path& directory) {
  if (directory.empty()) return;
  path_ = directory / fmt::format("choices-{}.bin", vulkan::device_file_tag(device));
  key_ = fmt::format("{}|{}", vulkan::device_key(device), vulkan::embedded_shaders_digest());
  auto choices = read();
  std::error_code error;  // of a folder that cannot be looked into: the file counts as missing
  is_unreadable_ = !choices && std::filesystem::exists(path_, error);
  if (choices) choices_ = std::move(*choices);
}

std::optional<kernels::MeasuredChoices> ChoiceStore::read() const {
  const auto content = read_cache_file(path_, key_);
  if (!content) return std::nullopt;
  auto choices = kernels::MeasuredChoices::from_text(std::string(content->begin(), content->end()));
  if (!choices) {
    log(LogLevel::kWarning, path_.string() + ": not a list of choices; measuring again");
  }
  return choices;
}

void ChoiceStore::remember(kernels::MeasuredChoices choices) {
  choices.adopt(choices_);
  choices_ = std::move(choices);
  if (path_.empty()) return;
  if (!std::exchange(is_unreadable_, false)) {
    if (const auto others = read()) choices_.adopt(*others);
  }
  const std::string text = choices_.to_text();
  write_cache_file(path_, key_,
                   std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

}  // namespace gfnet::tuning
