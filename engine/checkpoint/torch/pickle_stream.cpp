#include "checkpoint/torch/pickle_stream.h"

#include "gfnet/error.h"

namespace gfnet::checkpoint {

PickleStream::PickleStream(std::filesystem::path path, std::span<const std::byte> bytes,
                           std::int64_t origin)
    : path_(std::move(path)), bytes_(bytes), origin_(origin) {}

std::uint64_t PickleStream::number(std::size_t width) {
  const std::string_view text = bytes(width);
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(text[i]);
  return value;
}

std::string_view PickleStream::bytes(std::uint64_t count) {
  if (count > remaining()) fail("the pickle is truncated");
  const auto* data = reinterpret_cast<const char*>(bytes_.data()) + position_;
  position_ += static_cast<std::size_t>(count);
  return {data, static_cast<std::size_t>(count)};
}

std::string_view PickleStream::line() {
  const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + position_,
                              remaining());
  const std::size_t length = rest.find('\n');
  if (length == std::string_view::npos) fail("the pickle is truncated");
  position_ += length + 1;
  return rest.substr(0, length);
}

void PickleStream::fail(const std::string& cause) const {
  const bool placed = origin_ != FormatError::kNoOffset;
  const auto last = static_cast<std::int64_t>(position_ == 0 ? 0 : position_ - 1);
  throw FormatError(path_, cause, "", placed ? origin_ + last : FormatError::kNoOffset);
}

}  // namespace gfnet::checkpoint
