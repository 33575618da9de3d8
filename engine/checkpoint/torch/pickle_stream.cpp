#include "checkpoint/torch/pickle_stream.h"

#include <algorithm>

#include "gfnet/error.h"

namespace gfnet::checkpoint {

PickleStream::PickleStream(std::filesystem::path path, std::span<const std::byte> bytes,
                           std::int64_t origin)
    : path_(std::move(path)), bytes_(bytes), origin_(origin), valid_(bytes.size()) {}

PickleStream::PickleStream(FileBytes& file, std::uint64_t origin)
    : path_(file.path()),
      bytes_(file.unread(origin, file.size() - origin)),
      origin_(static_cast<std::int64_t>(origin)),
      file_(&file),
      valid_(0) {}

void PickleStream::need(std::size_t end) {
  constexpr std::size_t kAhead = std::size_t{1} << 16;
  if (end <= valid_) return;
  const std::size_t target = std::min(bytes_.size(), end + kAhead);
  file_->read(static_cast<std::uint64_t>(origin_) + valid_, target - valid_);
  valid_ = target;
}

std::uint64_t PickleStream::number(std::size_t width) {
  const std::string_view text = bytes(width);
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(text[i]);
  return value;
}

std::string_view PickleStream::bytes(std::uint64_t count) {
  if (count > remaining()) fail("the pickle is truncated");
  need(position_ + static_cast<std::size_t>(count));
  const auto* data = reinterpret_cast<const char*>(bytes_.data()) + position_;
  position_ += static_cast<std::size_t>(count);
  return {data, static_cast<std::size_t>(count)};
}

std::string_view PickleStream::line() {
  const auto* start = reinterpret_cast<const char*>(bytes_.data()) + position_;
  std::size_t searched = 0;
  while (searched < remaining()) {
    need(position_ + searched + 1);
    const std::string_view valid(start, valid_ - position_);
    const std::size_t length = valid.find('\n', searched);
    if (length != std::string_view::npos) {
      position_ += length + 1;
      return valid.substr(0, length);
    }
    searched = valid.size();
  }
  fail("the pickle is truncated");
}

void PickleStream::fail(const std::string& cause) const {
  const bool placed = origin_ != FormatError::kNoOffset;
  const auto last = static_cast<std::int64_t>(position_ == 0 ? 0 : position_ - 1);
  throw FormatError(path_, cause, "", placed ? origin_ + last : FormatError::kNoOffset);
}

}  // namespace gfnet::checkpoint
