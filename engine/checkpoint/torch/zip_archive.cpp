#include "checkpoint/torch/zip_archive.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "base/utf8.h"
#include "gfnet/error.h"

namespace gfnet::checkpoint {
namespace {

constexpr std::uint32_t kLocalHeader = 0x04034B50;
constexpr std::uint32_t kDirectoryEntry = 0x02014B50;
constexpr std::uint32_t kEndRecord = 0x06054B50;
constexpr std::uint32_t kEndRecord64 = 0x06064B50;
constexpr std::uint32_t kEndLocator64 = 0x07064B50;
constexpr std::uint64_t kLocalHeaderSize = 30;
constexpr std::uint64_t kDirectoryEntrySize = 46;
constexpr std::uint64_t kEndRecordSize = 22;
constexpr std::uint64_t kEndRecord64Size = 56;
constexpr std::uint64_t kEndLocator64Size = 20;
constexpr std::uint32_t kInExtra32 = 0xFFFFFFFF;
constexpr std::uint32_t kInExtra16 = 0xFFFF;
constexpr std::uint16_t kEncrypted = 1;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflate = 8;

/// Largest ratio of unpacked to packed size. Deflate cannot compress better (258 bytes in 2 bits),
/// so an entry that claims a higher ratio is damaged or hostile.
constexpr std::uint64_t kMaxDeflateRatio = 1032;
/// All entries of an archive together may inflate to this many bytes, and in addition to
/// kMaxInflatedRatio for each byte of the file, so that a small file cannot fill the memory.
/// Trained weights hardly compress.
constexpr std::uint64_t kMaxInflated = std::uint64_t{1} << 26;
constexpr std::uint64_t kMaxInflatedRatio = 8;
/// The directory's end is searched in this many bytes at the end of the file. PyTorch's reader
/// searches as far: the longest comment, and one block of 4 KiB.
constexpr std::uint64_t kMaxTail = 0xFFFF + 22 + 4096;

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// RAII owner of a zlib inflate stream.
class InflateStream {
 public:
  InflateStream() : good_(::inflateInit2(&stream_, -MAX_WBITS) == Z_OK) {}
  ~InflateStream() {
    if (good_) ::inflateEnd(&stream_);
  }
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;

  /// Inflates `packed` into `unpacked`. Returns whether `packed` is one deflate stream that fills
  /// `unpacked` exactly.
  bool run(std::span<const std::byte> packed, std::span<std::byte> unpacked) {
    // zlib does not accept null pointers, not even for 0 bytes.
    std::byte nothing{};
    if (unpacked.empty()) unpacked = {&nothing, std::size_t{0}};
    // zlib's counters have 32 bits.
    constexpr std::size_t kPiece = std::size_t{1} << 30;
    int result = good_ ? Z_OK : Z_MEM_ERROR;
    while (result == Z_OK) {
      const std::size_t in = std::min(packed.size(), kPiece);
      const std::size_t out = std::min(unpacked.size(), kPiece);
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
      stream_.avail_in = static_cast<uInt>(in);
      stream_.next_out = reinterpret_cast<Bytef*>(unpacked.data());
      stream_.avail_out = static_cast<uInt>(out);
      result = ::inflate(&stream_, Z_NO_FLUSH);
      packed = packed.subspan(in - stream_.avail_in);
      unpacked = unpacked.subspan(out - stream_.avail_out);
    }
    return result == Z_STREAM_END && packed.empty() && unpacked.empty();
  }

 private:
  z_stream stream_ = {};
  bool good_;
};

}  // namespace

ZipArchive::ZipArchive(std::shared_ptr<FileBytes> file) : file_(std::move(file)) {
  directory_ = find_directory();
  read_directory();
}

std::optional<std::span<const std::byte>> ZipArchive::read(std::string_view name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return std::nullopt;
  Entry& entry = found->second;
  // Checked only once, because a thousand tensors may share one storage.
  if (!entry.bytes) {
    std::span<const std::byte> bytes = packed_bytes(name, entry);
    if (entry.method == kDeflate) bytes = inflate_entry(name, entry, bytes);
    const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    if (entry.crc != 0 && crc != entry.crc)
      fail_entry(name, "is damaged (its checksum does not match)");
    entry.bytes = bytes;
  }
  return entry.bytes;
}

std::int64_t ZipArchive::offset_of(std::span<const std::byte> bytes) const {
  const std::less_equal<const std::byte*> not_after;
  const std::span<const std::byte> file = file_->unread(0, file_->size());
  if (!not_after(file.data(), bytes.data()) ||
      !not_after(bytes.data(), file.data() + file.size())) {
    return FormatError::kNoOffset;
  }
  return bytes.data() - file.data();
}

/// Finds the end-of-central-directory record near the end of the file. The archive's comment and
/// other bytes may follow it. The last record with a directory before it counts.
ZipArchive::Directory ZipArchive::find_directory() const {
  const std::uint64_t size = file_->size();
  const std::uint64_t tail = std::min(size, kMaxTail);
  const std::string_view text = as_text(slice(size - tail, tail));
  constexpr std::string_view kSignature("PK\x05\x06", 4);
  for (std::size_t at = text.rfind(kSignature); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : text.rfind(kSignature, at - 1)) {
    if (tail - at < kEndRecordSize) continue;
    if (const auto directory = directory_before(size - tail + at)) return *directory;
  }
  fail(
      "the zip archive has no directory at its end; the file is truncated, or more than 64 KiB "
      "follow the archive",
      size);
}

/// The directory that an end record describes. nullopt if there is none where the record says.
std::optional<ZipArchive::Directory> ZipArchive::directory_before(std::uint64_t at) const {
  Directory directory{number(at + 16, 4), number(at + 12, 4), number(at + 10, 2)};
  if (number(at + 4, 2) != number(at + 6, 2)) fail("is one part of a split zip archive", at);
  if (directory.offset == kInExtra32 || directory.size == kInExtra32 ||
      directory.count == kInExtra16) {
    directory = zip64_directory(at);
  }
  if (directory.offset > at || directory.size > at - directory.offset) return std::nullopt;
  if (directory.size >= kDirectoryEntrySize && number(directory.offset, 4) != kDirectoryEntry) {
    return std::nullopt;
  }
  return directory;
}

ZipArchive::Directory ZipArchive::zip64_directory(std::uint64_t end_record) const {
  if (end_record < kEndLocator64Size ||
      number(end_record - kEndLocator64Size, 4) != kEndLocator64) {
    fail("the zip archive lacks its zip64 directory", end_record);
  }
  const std::uint64_t at = number(end_record - kEndLocator64Size + 8, 8);
  slice(at, kEndRecord64Size);
  if (number(at, 4) != kEndRecord64) fail("the zip64 directory record is damaged", at);
  return {number(at + 48, 8), number(at + 40, 8), number(at + 32, 8)};
}

void ZipArchive::read_directory() {
  std::uint64_t at = directory_.offset;
  const std::uint64_t end = directory_.offset + directory_.size;
  std::uint64_t count = 0;
  for (; at < end; ++count) {
    if (end - at < kDirectoryEntrySize || number(at, 4) != kDirectoryEntry) {
      fail("the zip directory is damaged", at);
    }
    Entry entry;
    entry.flags = static_cast<std::uint16_t>(number(at + 8, 2));
    entry.method = static_cast<std::uint16_t>(number(at + 10, 2));
    entry.crc = static_cast<std::uint32_t>(number(at + 16, 4));
    entry.packed_size = number(at + 20, 4);
    entry.size = number(at + 24, 4);
    const std::uint64_t name_size = number(at + 28, 2);
    const std::uint64_t extra_size = number(at + 30, 2);
    const std::uint64_t comment_size = number(at + 32, 2);
    entry.header_offset = number(at + 42, 4);
    const std::uint64_t whole = kDirectoryEntrySize + name_size + extra_size + comment_size;
    if (end - at < whole) fail("the zip directory is damaged", at);
    const std::string name(as_text(slice(at + kDirectoryEntrySize, name_size)));
    apply_zip64(entry, slice(at + kDirectoryEntrySize + name_size, extra_size));
    if (!entries_.emplace(name, entry).second) fail_entry(name, "occurs twice");
    at += whole;
  }
  if (count != directory_.count) {
    fail(fmt::format("the zip directory holds {} entries instead of {}", count, directory_.count),
         directory_.offset);
  }
}

/// Reads the 64-bit numbers of extra field 1: size, packed size and header offset, in this order.
/// The field holds only those numbers that do not fit 32 bits.
void ZipArchive::apply_zip64(Entry& entry, std::span<const std::byte> extra) const {
  const auto base = static_cast<std::uint64_t>(extra.data() - file_->unread(0, 0).data());
  std::uint64_t at = 0;
  while (extra.size() - at >= 4) {
    const std::uint64_t kind = number(base + at, 2);
    const std::uint64_t size = number(base + at + 2, 2);
    at += 4;
    if (size > extra.size() - at) return;  // padding that some writers leave
    if (kind == 1) {
      std::uint64_t used = 0;
      for (std::uint64_t* value : {&entry.size, &entry.packed_size, &entry.header_offset}) {
        if (*value != kInExtra32) continue;
        if (size - used < 8) fail("a zip64 field is too short", base + at);
        *value = number(base + at + used, 8);
        used += 8;
      }
      return;
    }
    at += size;
  }
}

std::span<const std::byte> ZipArchive::packed_bytes(std::string_view name,
                                                    const Entry& entry) const {
  if ((entry.flags & kEncrypted) != 0) fail_entry(name, "is encrypted");
  if (entry.method != kStored && entry.method != kDeflate) {
    fail_entry(name, fmt::format("uses the unknown compression method {}", entry.method));
  }
  if (entry.method == kStored && entry.size != entry.packed_size) {
    fail_entry(name, "has two different sizes");
  }
  const std::uint64_t at = entry.header_offset;
  const std::uint64_t end = directory_.offset;
  if (at > end || end - at < kLocalHeaderSize || number(at, 4) != kLocalHeader) {
    fail_entry(name, "has no header where the directory says");
  }
  const std::uint64_t name_size = number(at + 26, 2);
  const std::uint64_t before = kLocalHeaderSize + name_size + number(at + 28, 2);
  if (before > end - at || entry.packed_size > end - at - before) {
    fail_entry(name, "reaches beyond the end of the data");
  }
  if (as_text(slice(at + kLocalHeaderSize, name_size)) != name) {
    fail_entry(name, "has another name in its header");
  }
  return slice(at + before, entry.packed_size);
}

std::span<const std::byte> ZipArchive::inflate_entry(std::string_view name, const Entry& entry,
                                                     std::span<const std::byte> packed) {
  if (entry.size / kMaxDeflateRatio > entry.packed_size) {
    fail_entry(name, "claims more bytes than its compressed data can hold");
  }
  const std::uint64_t most = kMaxInflated + kMaxInflatedRatio * file_->size();
  if (inflated_total_ > most || entry.size > most - inflated_total_) {
    fail_entry(name, fmt::format("would unpack to more than {} MiB, far more than the file has",
                                 most >> 20));
  }
  inflated_total_ += entry.size;
  std::vector<std::byte>& unpacked = inflated_.emplace_back(static_cast<std::size_t>(entry.size));
  if (!InflateStream().run(packed, unpacked)) {
    fail_entry(name, "is damaged (its compressed data does not unpack)");
  }
  return unpacked;
}

std::uint64_t ZipArchive::number(std::uint64_t offset, std::size_t width) const {
  const std::span<const std::byte> bytes = slice(offset, width);
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;)
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  return value;
}

std::span<const std::byte> ZipArchive::slice(std::uint64_t offset, std::uint64_t size) const {
  if (offset > file_->size() || size > file_->size() - offset) {
    fail("the zip archive is truncated", file_->size());
  }
  return file_->read(offset, size);
}

void ZipArchive::fail(const std::string& cause, std::uint64_t offset) const {
  throw FormatError(file_->path(), cause, "", static_cast<std::int64_t>(offset));
}

void ZipArchive::fail_entry(std::string_view name, const std::string& cause) const {
  throw FormatError(file_->path(), fmt::format("zip entry '{}' {}", excerpt(name), cause));
}

}  // namespace gfnet::checkpoint
