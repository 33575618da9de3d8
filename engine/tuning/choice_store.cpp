#include "tuning/choice_store.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "base/log.h"
#include "system/paths.h"

namespace gfnet::tuning {

ChoiceStore::ChoiceStore(const vulkan::DeviceInfo& device, const std::filesystem::path& directory)
    : file_(device, directory, "choices") {
  auto choices = read();
  std::error_code error;  // of a folder that cannot be looked into: the file counts as missing
  is_unreadable_ = !choices && std::filesystem::exists(file_.path(), error);
  if (choices) choices_ = std::move(*choices);
}

std::optional<kernels::MeasuredChoices> ChoiceStore::read() const {
  const auto text = file_.read();
  if (!text) return std::nullopt;
  auto choices = kernels::MeasuredChoices::from_text(*text);
  if (!choices) {
    log(LogLevel::kWarning,
        fmt::format("{}: not a list of choices; measuring again", system::text_of(file_.path())));
  }
  return choices;
}

void ChoiceStore::remember(kernels::MeasuredChoices choices) {
  choices.adopt(choices_);
  choices_ = std::move(choices);
  if (!std::exchange(is_unreadable_, false)) {
    if (const auto others = read()) choices_.adopt(*others);
  }
  file_.write(choices_.to_text());
}

}  // namespace gfnet::tuning
