#include "base/cache_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <system_error>

#include "base/fnv.h"
#include "base/log.h"

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

std::optional<std::vector<std::uint8_t>> read_all(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return std::nullopt;
  const std::streamoff size = file.tellg();
  if (size < 0) return std::nullopt;
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), size);
  if (!file) return std::nullopt;
  return bytes;
}

/// Logs that a file is ignored, and removes it, so that this is said once: not every run has
/// content to write in its place.
void discard(const std::filesystem::path& path, std::string_view cause) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  log(LogLevel::kWarning, fmt::format("{}: {}; it is rebuilt", path.string(), cause));
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
    const std::string number = name.replace_extension().extension().string();
    if (number.size() < 2 || number.find_first_not_of("0123456789", 1) != std::string::npos) {
      return false;
    }
  }
  return name.replace_extension().extension() == like.extension();
}

/// Logs a warning that `path` cannot be written, but only one for each directory and process: on a
/// full or read-only disk every file fails.
void warn_once(const std::filesystem::path& path, const std::string& cause) {
  static std::mutex mutex;
  static std::set<std::filesystem::path> warned;
  {
    // Not held during log(): a log sink may call the engine, which may come back here.
    const std::lock_guard lock(mutex);
    if (!warned.insert(path.parent_path()).second) return;
  }
  log(LogLevel::kWarning,
      fmt::format("{}: cannot be written: {}; every run must rebuild it", path.string(), cause));
}

/// Removes temporary files of killed processes: those in the folder of `path` that are older than
/// an hour.
void remove_abandoned(const std::filesystem::path& path) {
  constexpr std::chrono::hours kOld{1};
  const auto now = std::filesystem::file_time_type::clock::now();
  std::error_code error;
  std::filesystem::directory_iterator entry(path.parent_path(), error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (!is_temporary_name(entry->path(), path)) continue;
    std::error_code gone;
    const auto written = entry->last_write_time(gone);
    if (!gone && now - written > kOld) std::filesystem::remove(entry->path(), gone);
  }
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

/// Waits until a file or a folder is on the disk. Returns "" or the cause of failure.
std::string sync(const std::filesystem::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::strerror(errno);
  const std::string fault = fsync(file) == 0 ? "" : std::strerror(errno);
  close(file);
  return fault;
}

}  // namespace

std::optional<std::vector<std::uint8_t>> read_cache_file(const std::filesystem::path& path,
                                                         std::string_view key) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  std::optional<std::vector<std::uint8_t>> bytes = read_all(path);
  if (!bytes) {
    discard(path, "cannot be read");
    return std::nullopt;
  }
  std::uint64_t sizes[3] = {};
  if (bytes->size() < kHeaderBytes ||
      std::memcmp(bytes->data(), kCacheMagic.data(), kCacheMagic.size()) != 0) {
    discard(path, "is not a cache file of this version");
    return std::nullopt;
  }
  std::memcpy(sizes, bytes->data() + kCacheMagic.size(), sizeof(sizes));
  const std::uint64_t body = bytes->size() - kHeaderBytes;
  if (sizes[0] > body || sizes[1] != body - sizes[0]) {
    discard(path, "is truncated or damaged");
    return std::nullopt;
  }
  const std::span<const std::uint8_t> all(*bytes);
  const auto key_bytes = all.subspan(kHeaderBytes, static_cast<std::size_t>(sizes[0]));
  const auto content = all.subspan(kHeaderBytes + key_bytes.size());
  const std::string_view stored_key(reinterpret_cast<const char*>(key_bytes.data()),
                                    key_bytes.size());
  if (checksum_of(stored_key, content) != sizes[2]) {
    discard(path, "is damaged (its checksum does not match)");
    return std::nullopt;
  }
  if (stored_key != key) {
    discard(path, "was made for another device, driver or version");
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
  if (fault.empty() && written == Written::kToDisk) fault = sync(temporary);
  if (fault.empty()) {
    std::filesystem::rename(temporary, path, error);
    if (error) fault = error.message();
  }
  if (fault.empty() && written == Written::kToDisk) {
    fault = sync(path.has_parent_path() ? path.parent_path() : ".");
  }
  if (!fault.empty()) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    warn_once(path, fault);
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
