#include "inputs/shard.h"

#include <fmt/format.h>

#include <charconv>

#include "command_line/usage_error.h"

namespace app {

Shard Shard::parse(const std::string& text) {
  const char* const end = text.data() + text.size();
  std::uint64_t number = 0;
  Shard shard;
  const auto [slash, number_error] = std::from_chars(text.data(), end, number);
  const bool has_slash = number_error == std::errc() && slash != end && *slash == '/';
  if (has_slash) {
    const auto [rest, count_error] = std::from_chars(slash + 1, end, shard.count);
    if (count_error == std::errc() && rest == end && number >= 1 && number <= shard.count) {
      shard.index = number - 1;
      return shard;
    }
  }
  throw UsageError(fmt::format("--shard '{}' is not of the form K/N with K from 1 to N", text));
}

std::uint64_t Shard::share(std::uint64_t inputs) const {
  return inputs / count + (inputs % count > index ? 1 : 0);
}

InputSource Shard::select(InputSource all) const {
  if (count == 1) return all;
  return [all = std::move(all), shard = *this, at = std::uint64_t{0}]() mutable {
    std::optional<Input> input = all();
    for (; input && at % shard.count != shard.index; input = all()) ++at;
    ++at;
    return input;
  };
}

}  // namespace app
