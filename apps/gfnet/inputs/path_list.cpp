#include "inputs/path_list.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "system/file.h"
#include "system/paths.h"
#include "terminal/interrupt.h"

namespace app {
namespace {

using gfnet::system::path_of;

constexpr std::size_t kReadBytes = std::size_t{1} << 16;
/// Limit in bytes for one path of the list. The limit is far above the length of any path that a
/// system can open. Longer text means that the stream is not a list of paths.
constexpr std::size_t kMaxPath = std::size_t{1} << 20;
/// How many bytes at the start of a list say how its paths are separated: the longest path that
/// Linux opens.
constexpr std::size_t kLongestPath = 4096;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The first path of a list that zero bytes separate. Programs such as find write exact names,
/// which may begin like a byte order mark. So the mark is removed only if there is no such file.
std::string without_mark(std::string path) {
  std::error_code error;
  if (path.starts_with(kByteOrderMark) &&
      !std::filesystem::exists(std::filesystem::symlink_status(path_of(path), error))) {
    path.erase(0, kByteOrderMark.size());
  }
  return path;
}

/// Whether a list is in UTF-16: it has a byte order mark, or every second byte is zero and the
/// other bytes hold the end of a line, a dot or a slash. As bytes, it would be a list of names of
/// one letter, and "/" among them would be all files of the system. start: the first bytes of the
/// list.
bool is_utf16(std::string_view start) {
  if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF")) return true;
  if (start.size() < 8) return false;
  const std::size_t zero = start[0] == '\0' ? 0 : 1;
  bool is_text = false;
  for (std::size_t i = 0; i + 1 < start.size(); i += 2) {
    const char letter = start[i + 1 - zero];
    if (start[i + zero] != '\0' || letter == '\0') return false;
    is_text = is_text || letter == '\n' || letter == '.' || letter == '/';
  }
  return is_text;
}

}  // namespace

bool PathList::fill() {
  if (ended_) return false;
  buffer_.erase(0, std::exchange(position_, 0));
  if (buffer_.size() > kMaxPath) {
    buffer_.clear();
    cause_ = "not a list of paths";
    ended_ = true;
  } else if (wait_for_input(fd_)) {
    const std::size_t filled = buffer_.size();
    buffer_.resize(filled + kReadBytes);
    std::ptrdiff_t count = 0;
    do {
      count = gfnet::system::read_file(
          fd_, std::as_writable_bytes(std::span(buffer_).subspan(filled, kReadBytes)));
    } while (count < 0 && errno == EINTR);
    if (count < 0) cause_ = std::string("cannot be read: ") + std::strerror(errno);
    ended_ = count <= 0;
    buffer_.resize(filled + static_cast<std::size_t>(count > 0 ? count : 0));
  } else {
    buffer_.clear();  // an incomplete path would name another file
    ended_ = true;
  }
  return !ended_;
}

void PathList::choose_separator() {
  const auto has_zero = [&] {
    return std::string_view(buffer_).substr(0, kLongestPath + 1).find('\0') !=
           std::string_view::npos;
  };
  while (!has_zero() && buffer_.size() <= kLongestPath && fill()) {
  }
  separator_ = has_zero() ? '\0' : '\n';
}

void PathList::take_byte_order_mark() {
  if (is_utf16(std::string_view(buffer_).substr(0, kLongestPath))) {
    cause_ = "is a list in UTF-16; iconv -f UTF-16 -t UTF-8 makes one that can be read";
    buffer_.clear();
    ended_ = true;
  } else if (separator_ == '\n' && buffer_.starts_with(kByteOrderMark)) {
    position_ = kByteOrderMark.size();
  }
}

std::optional<Input> PathList::next() {
  if (!separator_) {
    choose_separator();
    take_byte_order_mark();
  }
  for (;;) {
    std::size_t end = buffer_.find(*separator_, position_);
    if (end == std::string::npos) {
      if (fill()) continue;
      if (!cause_.empty()) return Input{name_, std::exchange(cause_, "")};
      if (position_ == buffer_.size()) return std::nullopt;
      end = buffer_.size();  // the last one needs no separator
    }
    std::string path = buffer_.substr(position_, end - position_);
    if (!std::exchange(has_begun_, true) && separator_ == '\0')
      path = without_mark(std::move(path));
    position_ = std::min(end + 1, buffer_.size());
    if (separator_ == '\n' && path.ends_with('\r')) path.pop_back();
    if (path.empty()) continue;
    const std::size_t zero = path.find('\0');
    if (zero == std::string::npos) return Input{std::move(path), ""};
    return Input{path.substr(0, zero), "is followed by a zero byte in the list"};
  }
}

}  // namespace app
