#include "inputs/archives/zip_end.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "system/file.h"
#include "system/file_facts.h"

namespace app {
namespace {

// The record at the end of a zip archive (APPNOTE.TXT, 4.3.16): signature, number of this disk (u16
// at 4), …, size of the comment (u16 at 20), comment.
constexpr std::string_view kSignature("PK\x05\x06", 4);
constexpr std::size_t kRecordBytes = 22;
constexpr std::size_t kMostComment = 0xFFFF;
/// The number of the disk if it is in the record of Zip64 instead.
constexpr unsigned kElsewhere = 0xFFFF;

unsigned number_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]) |
         static_cast<unsigned>(static_cast<unsigned char>(bytes[at + 1])) << 8;
}

}  // namespace

ZipEnd read_zip_end(int descriptor) {
  const std::optional<gfnet::system::FileFacts> facts = gfnet::system::facts_of(descriptor);
  if (!facts) return {};
  const auto size = static_cast<std::size_t>(facts->bytes);
  std::string end(std::min(size, kRecordBytes + kMostComment), '\0');
  const std::ptrdiff_t count = gfnet::system::read_file_at(
      descriptor, std::as_writable_bytes(std::span(end)), size - end.size());
  if (count != static_cast<std::ptrdiff_t>(end.size())) return {};
  bool is_there = false;  // bytes that do not belong to the archive may follow the record
  for (std::size_t at = end.rfind(kSignature); at != std::string::npos;
       at = at == 0 ? std::string::npos : end.rfind(kSignature, at - 1)) {
    if (at + kRecordBytes > end.size()) continue;
    is_there = true;
    if (at + kRecordBytes + number_at(end, at + 20) != end.size()) continue;
    const unsigned disk = number_at(end, at + 4);
    return {.is_there = true, .is_of_several_parts = disk != 0 && disk != kElsewhere};
  }
  return {.is_there = is_there};
}

}  // namespace app
