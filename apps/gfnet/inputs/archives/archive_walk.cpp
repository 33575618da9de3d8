#include "inputs/archives/archive_walk.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "inputs/archives/archive_names.h"
#include "inputs/archives/gzip_stream.h"
#include "inputs/archives/unpacking_limits.h"
#include "inputs/archives/xz_dictionaries.h"
#include "inputs/archives/zip_end.h"
#include "inputs/folder_walk.h"
#include "system/descriptor.h"
#include "system/file.h"
#include "system/file_facts.h"
#include "system/paths.h"
#include "system/thread_locale.h"
#include "terminal/interrupt.h"

namespace app {
namespace {

using gfnet::system::path_of;

namespace system = gfnet::system;

std::string system_message() { return std::strerror(errno); }

/// A member's name without "./" and "/" at the start, which tar programs put there.
std::string_view plain_name(std::string_view name) {
  for (;;) {
    if (name.starts_with("./")) {
      name.remove_prefix(2);
    } else if (name.starts_with('/')) {
      name.remove_prefix(1);
    } else {
      return name;
    }
  }
}

}  // namespace

/// An open archive.
class ArchiveWalk::Reader {
 public:
  /// Opens the file. Returns the reason if that fails, else an empty text.
  std::string open(const std::string& path) {
    file_.reset(
        system::open_file(path_of(path), system::Opening::kRead | system::Opening::kAtOnce));
    if (file_.get() < 0) return "cannot be opened: " + system_message();
    const std::optional<system::FileFacts> facts = system::facts_of(file_.get());
    if (!facts) return "cannot be read: " + system_message();
    if (!facts->is_regular()) return "an archive must be a regular file";
    if (facts->bytes == 0) return "the file is empty";
    if (archive_ == nullptr) return "not enough memory";
    limits_ = UnpackingLimits(facts->bytes);
    pixels_left_ = std::make_shared<std::atomic<std::int64_t>>(limits_.pixels());
    zip_end_ = read_zip_end(file_.get());
    if (zip_end_.is_of_several_parts) return why_divided(/*is_zip=*/true);
    archive_read_support_format_tar(archive_);
    archive_read_support_format_zip(archive_);
    add_filters();
    archive_read_set_callback_data(archive_, this);
    archive_read_set_read_callback(archive_, [](archive* a, void* self, const void** block) {
      return static_cast<Reader*>(self)->read_block(a, block);
    });
    if (GzipStream::recognises(file_.get())) {
      gzip_.emplace(file_.get());
      return archive_read_open1(archive_) == ARCHIVE_OK ? "" : message();
    }
    archive_read_set_skip_callback(archive_, [](archive*, void* self, la_int64_t bytes) {
      return static_cast<Reader*>(self)->skip(bytes);
    });
    archive_read_set_seek_callback(archive_, [](archive* a, void* self, la_int64_t at, int from) {
      return static_cast<Reader*>(self)->seek(a, at, from);
    });
    return archive_read_open1(archive_) == ARCHIVE_OK ? "" : message();
  }

  Reader() : archive_(archive_read_new()) {}
  ~Reader() {
    if (archive_ != nullptr) archive_read_free(archive_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Goes to the next member. Returns false at the end, or if the archive is damaged: then
  /// failed().
  bool advance() {
    const system::ScopedUtf8Locale utf8;  // libarchive converts names in it
    failed_ = true;
    if (entry_ != nullptr && !pass_over_the_rest()) return false;
    const int status = archive_read_next_header(archive_, &entry_);
    if (status == ARCHIVE_EOF) {
      failed_ = !is_whole();
      return false;
    }
    // A warning concerns a part of the header that is not used here, such as an owner's name.
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return false;
    ++members_;
    failed_ = !is_within_limits();
    return !failed_;
  }
  bool failed() const { return failed_; }

  /// The member's name: in UTF-8 where the archive says how it is encoded, else byte for byte as it
  /// stands there.
  std::string name() const {
    const system::ScopedUtf8Locale utf8;  // libarchive converts names in it
    const char* name = archive_entry_pathname(entry_);
    if (name == nullptr) name = archive_entry_pathname_utf8(entry_);
    return std::string(plain_name(name == nullptr ? "" : name));
  }
  bool is_folder() const { return archive_entry_filetype(entry_) == AE_IFDIR; }
  /// Why the member cannot be read; empty if it can.
  std::string obstacle() const {
    if (archive_entry_is_encrypted(entry_) == 1) {
      return "is encrypted; gfnet asks for no passwords, so unpack the archive first";
    }
    const bool is_link =
        archive_entry_hardlink(entry_) != nullptr || archive_entry_filetype(entry_) == AE_IFLNK;
    if (is_link) return "is a link; links in an archive are not followed";
    return archive_entry_filetype(entry_) == AE_IFREG ? "" : "is not a regular file";
  }

  /// Counts the member as an image. Returns why it cannot be read; empty if it can.
  std::string count_image() {
    declared_ = static_cast<std::uint64_t>(std::max<la_int64_t>(archive_entry_size(entry_), 0));
    std::string cause = obstacle();
    if (cause.empty()) cause = limits_.why_not_image(declared_);
    if (cause.empty()) limits_.count_image(declared_);
    return cause;
  }

  /// Reads the member's bytes. Sets Input::cause if that fails.
  void fetch(Input& input) {
    constexpr std::size_t kPiece = std::size_t{1} << 16;
    constexpr std::size_t kModerate = std::size_t{64} << 20;
    std::vector<std::byte>& bytes = input.bytes;
    // The size in the header may be wrong, so only a moderate size is believed beforehand.
    bytes.reserve(std::min<std::size_t>(declared_, kModerate) + 1);
    const auto undeclared = [&] { return bytes.size() - std::min(bytes.size(), declared_); };
    for (;;) {
      const std::size_t filled = bytes.size();
      bytes.resize(std::max(bytes.capacity(), filled + kPiece));
      const la_ssize_t count =
          archive_read_data(archive_, bytes.data() + filled, bytes.size() - filled);
      bytes.resize(filled + static_cast<std::size_t>(std::max<la_ssize_t>(count, 0)));
      if (count < 0) input.cause = message();
      if (undeclared() > 0 && input.cause.empty()) {
        input.cause = limits_.why_not_image(undeclared());
      }
      if (count <= 0 || !input.cause.empty()) break;
    }
    // The library leaves out a hole at the end of a sparse member, which counts as zeros.
    if (is_tar() && input.cause.empty() && bytes.size() < declared_) bytes.resize(declared_);
    limits_.count_image(undeclared());
    if (!input.cause.empty()) bytes = {};
  }

  /// How many pixels the images that are decoded may still have.
  const std::shared_ptr<std::atomic<std::int64_t>>& pixels_left() const { return pixels_left_; }

  std::string message() const {
    if (needs_too_much_) {
      return fmt::format("needs a dictionary of more than {} MiB to be unpacked",
                         kMostDictionary >> 20);
    }
    if (gzip_ && !gzip_->fault().empty()) {
      return fmt::format("cannot be read as an archive: {}", gzip_->fault());
    }
    if (!fault_.empty()) return fault_;
    const char* const text = archive_error_string(archive_);
    return fmt::format("cannot be read as an archive: {}", text == nullptr ? "damaged" : text);
  }

 private:
  /// Allows the compressions that the library reads itself. For those that it was built without, it
  /// would start programs.
  void add_filters() {
    archive_read_support_filter_compress(archive_);
    if (archive_bzlib_version() != nullptr) archive_read_support_filter_bzip2(archive_);
    if (archive_libzstd_version() != nullptr) archive_read_support_filter_zstd(archive_);
    if (archive_liblz4_version() != nullptr) archive_read_support_filter_lz4(archive_);
    if (archive_liblzma_version() == nullptr) return;
    archive_read_support_filter_xz(archive_);
    archive_read_support_filter_lzma(archive_);
    archive_read_support_filter_lzip(archive_);
  }

  la_ssize_t read_block(archive* a, const void** block) {
    *block = block_.data();
    if (gzip_) {
      const std::ptrdiff_t count = gzip_->read(block_);
      if (count < 0) archive_set_error(a, EIO, "%s", gzip_->fault().c_str());
      return count < 0 ? ARCHIVE_FATAL : count;
    }
    for (;;) {
      if (interrupted()) return fail(a, EINTR);
      const std::ptrdiff_t count = system::read_file(file_.get(), block_);
      if (count >= 0) {
        const std::span bytes(block_.data(), static_cast<std::size_t>(count));
        needs_too_much_ = may_be_xz_ && !dictionaries_.take(bytes);
        return needs_too_much_ ? fail(a, ENOMEM) : count;
      }
      if (errno != EINTR) return fail(a, errno);
    }
  }

  /// Whether all that the archive holds was compressed together, as in .tar.gz.
  bool is_compressed() const { return gzip_ || archive_filter_count(archive_) > 1; }
  int format() const { return archive_format(archive_) & ARCHIVE_FORMAT_BASE_MASK; }
  bool is_tar() const { return format() == ARCHIVE_FORMAT_TAR; }
  bool is_plain_zip() const { return format() == ARCHIVE_FORMAT_ZIP && !is_compressed(); }

  /// Reads what is left of a member of a compressed archive, where the library would do so at once,
  /// however much it is. Of other archives it is not read. Returns false if that fails.
  bool pass_over_the_rest() {
    if (!is_compressed()) return true;
    for (;;) {
      const void* block = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int status = archive_read_data_block(archive_, &block, &size, &offset);
      if (status == ARCHIVE_EOF) return true;
      // The next header says whether the archive can be read on after damage in a member.
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return status != ARCHIVE_FATAL;
      if (interrupted() || !is_within_limits()) return false;
    }
  }

  /// Returns false, and sets the fault, if too much has come out of the archive.
  bool is_within_limits() {
    std::uint64_t stream = 0;
    if (is_compressed()) {
      stream =
          gzip_ ? gzip_->unpacked() : static_cast<std::uint64_t>(archive_filter_bytes(archive_, 0));
    }
    fault_ = limits_.why_not_further(members_, stream);
    return fault_.empty();
  }

  /// At the end: whether the archive is whole, as far as its format tells. Sets the fault if not.
  bool is_whole() {
    if (gzip_) return read_to_the_end();
    if (is_plain_zip() && !zip_end_.is_there) {
      fault_ = "has no directory in its last 64 KB; it may be cut";
    }
    return fault_.empty();
  }

  /// Reads what follows the last member: gzip's checksum is behind it. Returns false if it is wrong
  /// or too far behind.
  bool read_to_the_end() {
    std::ptrdiff_t count = 0;
    while ((count = gzip_->read(block_)) > 0 && is_within_limits()) {
    }
    return count == 0;
  }

  la_int64_t skip(la_int64_t bytes) {
    may_be_xz_ = false;  // a compressed file is read from its first byte to its last
    return system::seek_file(file_.get(), bytes, SEEK_CUR) < 0 ? 0 : bytes;
  }

  la_int64_t seek(archive* a, la_int64_t at, int from) {
    may_be_xz_ = false;
    const std::int64_t place = system::seek_file(file_.get(), at, from);
    return place < 0 ? fail(a, errno) : place;
  }

  static int fail(archive* a, int error) {
    archive_set_error(a, error, "%s", std::strerror(error));
    return ARCHIVE_FATAL;
  }

  archive* archive_;
  archive_entry* entry_ = nullptr;
  system::Descriptor file_;
  std::optional<GzipStream> gzip_;  // of a file in gzip's format
  bool failed_ = false;
  XzDictionaries dictionaries_;
  bool may_be_xz_ = true;  // the file was read from its first byte without a gap
  bool needs_too_much_ = false;
  UnpackingLimits limits_;
  std::uint64_t members_ = 0;
  std::uint64_t declared_ = 0;  // bytes of the present member, by its header
  std::shared_ptr<std::atomic<std::int64_t>> pixels_left_;
  ZipEnd zip_end_;
  std::string fault_;  // found here and not by the library
  std::array<std::byte, std::size_t{1} << 16> block_;
};

ArchiveWalk::ArchiveWalk(std::string path)
    : path_(std::move(path)), reader_(std::make_unique<Reader>()) {
  cause_ = reader_->open(path_);
}

ArchiveWalk::~ArchiveWalk() = default;

std::optional<Input> ArchiveWalk::failure(std::string cause) {
  is_bare_ = false;
  reader_.reset();
  return interrupted() ? std::nullopt : std::optional(Input{path_, std::move(cause)});
}

std::optional<Input> ArchiveWalk::next() {
  if (!cause_.empty()) return failure(std::exchange(cause_, ""));
  while (reader_ != nullptr && !interrupted()) {
    if (!reader_->advance()) {
      if (reader_->failed()) return failure(reader_->message());
      if (is_bare_) return failure("no images in this archive");
      reader_.reset();
      break;
    }
    if (reader_->is_folder()) continue;
    const std::string name = reader_->name();
    if (!bears_image_name(path_of(name))) {
      ++passed_over_;
      continue;
    }
    is_bare_ = false;
    Input input{path_ + '/' + name, reader_->count_image()};
    input.archive = path_;
    if (input.cause.empty()) {
      input.pixels_left = reader_->pixels_left();
      input.fetch = [reader = reader_.get()](Input& member) { reader->fetch(member); };
    }
    return input;
  }
  return std::nullopt;
}

}  // namespace app
