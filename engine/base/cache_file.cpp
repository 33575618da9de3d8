#include "base/cache_file.h"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "base/fnv.h"
#include "base/log.h"
#include "system/descriptor.h"
#include "system/file.h"
#include "system/file_facts.h"
#include "system/file_sync.h"
#include "system/folder_entries.h"
#include "system/paths.h"

namespace gfnet {
namespace {

// File layout: magic; size of the key, size of the content, checksum of key and content (u64 each,
// host byte order); key; content.
constexpr std::array<char, 8> kCacheMagic{'g', 'f', 'n', 'e', 't', 'c', '0', '1'};
constexpr const char* kTemporaryEnding = ".tmp";
constexpr std::size_t kHeaderBytes = kCacheMagic.size() + 3 * sizeof(std::uint64_t);

std::uint64_t checksum_of(std::string_view key, std::span<const std::uint8_t> content) {
  return fnv(fnv(kFnvStart, key), content);
}

/// A regular file, open for reading.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : path_(path),
        file_(system::open_file(path, system::Opening::kRead | system::Opening::kAtOnce)) {
    if (file_.get() >= 0) facts_ = system::facts_of(file_.get());
    if (!facts_) {
      error_ = errno;
    } else if (!facts_->is_regular()) {
      error_ = ENOENT;
    }
  }

  /// The value of errno of the failure, 0 if there was none. ENOENT if there is no regular file.
  int error() const { return error_; }

  /// The whole content; empty if error().
  std::vector<std::uint8_t> read() {
    if (error_ != 0) return {};
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(facts_->bytes));
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      const std::ptrdiff_t count =
          system::read_file(file_.get(), std::as_writable_bytes(std::span(bytes).subspan(filled)));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) error_ = errno;
      if (count <= 0) break;
      filled += static_cast<std::size_t>(count);
    }
    bytes.resize(error_ == 0 ? filled : 0);
    return bytes;
  }

  /// Logs that the file is ignored, and removes it, so that this is said once: not every run has
  /// content to write in its place. A file that another process has put in its place stays.
  void discard(std::string_view cause) const {
    const std::optional<system::FileFacts> now = system::facts_of(path_);
    // While this file is open, no other file gets its number.
    const bool is_same = now && now->identity == facts_->identity;
    std::error_code ignored;
    if (is_same) std::filesystem::remove(path_, ignored);
    log(LogLevel::kWarning, fmt::format("{}: {}; it is rebuilt", system::text_of(path_), cause));
  }

 private:
  const std::filesystem::path& path_;
  system::Descriptor file_;
  std::optional<system::FileFacts> facts_;
  int error_ = 0;
};

/// Logs a warning about `path`, but only one for each folder, problem and process: on a full or
/// read-only disk every file fails. problem: "cannot be written", say. result: what follows from
/// it.
void warn_once(const std::filesystem::path& path, std::string_view problem, std::string_view cause,
               std::string_view result) {
  static std::mutex mutex;
  static std::set<std::pair<std::filesystem::path, std::string>> warned;
  {
    // Not held during log(): a log sink may call the engine, which may come back here.
    const std::lock_guard lock(mutex);
    if (!warned.emplace(path.parent_path(), problem).second) return;
  }
  log(LogLevel::kWarning,
      fmt::format("{}: {}: {}; {}", system::text_of(path), problem, cause, result));
}

/// A temporary name, in the folder of `path`, that no other process or thread uses:
/// PATH.NUMBER.NUMBER.tmp.
std::filesystem::path temporary_name(const std::filesystem::path& path) {
  static std::atomic<unsigned> counter{0};
  std::random_device random;
  std::filesystem::path name = path;
  name += fmt::format(".{}.{}{}", random(), counter.fetch_add(1), kTemporaryEnding);
  return name;
}

/// Whether `name` has the form of temporary_name(PATH) for a PATH with the same extension as
/// `like`.
bool is_temporary_name(std::filesystem::path name, const std::filesystem::path& like) {
  if (name.extension() != kTemporaryEnding) return false;
  for (int i = 0; i < 2; ++i) {
    const std::string number = system::text_of(name.replace_extension().extension());
    if (number.size() < 2 || number.find_first_not_of("0123456789", 1) != std::string::npos) {
      return false;
    }
  }
  return name.replace_extension().extension() == like.extension();
}

/// Removes temporary files of killed processes: those in the folder of `path` that are older than
/// an hour.
void remove_abandoned(const std::filesystem::path& path) {
  constexpr std::chrono::hours kOld{1};
  const auto now = std::filesystem::file_time_type::clock::now();
  static_cast<void>(system::for_each_entry(path.parent_path(), [&](const auto& entry) {
    if (!is_temporary_name(entry.path, path)) return;
    std::error_code gone;
    const auto written = std::filesystem::last_write_time(entry.path, gone);
    if (!gone && now - written > kOld) std::filesystem::remove(entry.path, gone);
  }));
}

/// Writes a cache file: sizes, checksum, key and content. Returns "" or the cause of failure.
std::string write_all(const std::filesystem::path& path, std::string_view key,
                      std::span<const std::uint8_t> content) {
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  const std::uint64_t sizes[3] = {key.size(), content.size(), checksum_of(key, content)};
  file.write(kCacheMagic.data(), kCacheMagic.size());
  file.write(reinterpret_cast<const char*>(sizes), sizeof(sizes));
  file.write(key.data(), static_cast<std::streamsize>(key.size()));
  file.write(reinterpret_cast<const char*>(content.data()),
             static_cast<std::streamsize>(content.size()));
  file.close();
  return file.fail() ? std::strerror(errno) : "";
}

/// The cause of failure for a value of errno; "" for 0.
std::string cause_of(int error) { return error == 0 ? "" : std::strerror(error); }

}  // namespace

std::optional<std::vector<std::uint8_t>> read_cache_file(const std::filesystem::path& path,
                                                         std::string_view key) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  OpenFile file(path);
  const std::vector<std::uint8_t> bytes = file.read();
  if (file.error() != 0) {
    // It stays: others may be able to read it, or this process later.
    if (file.error() != ENOENT) {
      warn_once(path, "cannot be read", std::strerror(file.error()), "it is rebuilt");
    }
    return std::nullopt;
  }
  std::uint64_t sizes[3] = {};
  if (bytes.size() < kHeaderBytes ||
      std::memcmp(bytes.data(), kCacheMagic.data(), kCacheMagic.size()) != 0) {
    file.discard("is not a cache file of this version");
    return std::nullopt;
  }
  std::memcpy(sizes, bytes.data() + kCacheMagic.size(), sizeof(sizes));
  const std::uint64_t body = bytes.size() - kHeaderBytes;
  if (sizes[0] > body || sizes[1] != body - sizes[0]) {
    file.discard("is truncated or damaged");
    return std::nullopt;
  }
  const std::span<const std::uint8_t> all(bytes);
  const auto key_bytes = all.subspan(kHeaderBytes, static_cast<std::size_t>(sizes[0]));
  const auto content = all.subspan(kHeaderBytes + key_bytes.size());
  const std::string_view stored_key(reinterpret_cast<const char*>(key_bytes.data()),
                                    key_bytes.size());
  if (checksum_of(stored_key, content) != sizes[2]) {
    file.discard("is damaged (its checksum does not match)");
    return std::nullopt;
  }
  if (stored_key != key) {
    file.discard("was made for another device, driver or version");
    return std::nullopt;
  }
  return std::vector<std::uint8_t>(content.begin(), content.end());
}

bool write_cache_file(const std::filesystem::path& path, std::string_view key,
                      std::span<const std::uint8_t> content, Written written) {
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  const std::filesystem::path temporary = temporary_name(path);
  std::string fault = error ? error.message() : write_all(temporary, key, content);
  // First the content, then the name: a machine that goes down leaves the old file or the new one.
  if (fault.empty() && written == Written::kToDisk) fault = cause_of(system::sync_file(temporary));
  if (fault.empty()) {
    std::filesystem::rename(temporary, path, error);
    if (error) fault = error.message();
  }
  if (fault.empty() && written == Written::kToDisk) {
    fault = cause_of(system::sync_folder(path.has_parent_path() ? path.parent_path() : "."));
  }
  if (!fault.empty()) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    warn_once(path, "cannot be written", fault, "every run must rebuild it");
    return false;
  }
  remove_abandoned(path);
  return true;
}

std::optional<std::string_view> take_field(std::string_view& line) {
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos) return std::nullopt;
  const std::string_view field = line.substr(0, tab);
  line.remove_prefix(tab + 1);
  return field;
}

}  // namespace gfnet
