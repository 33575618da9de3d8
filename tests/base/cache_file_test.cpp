#include "base/cache_file.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gfnet/log.h"
#include "support/sanitized.h"
#include "support/skip.h"
#include "support/temporary_directory.h"

namespace gfnet {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

Bytes read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

void write(const fs::path& path, const Bytes& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

TEST_CASE("a cache file is read back only with its key") {
  const test::TemporaryDirectory directory;
  const fs::path path = directory.path() / "deeper" / "file.bin";
  CHECK(!read_cache_file(path, "key"));
  const Bytes content{1, 2, 3, 0, 255};
  CHECK(write_cache_file(path, "key", content));
  CHECK(read_cache_file(path, "key") == content);
  CHECK(!read_cache_file(path, "other key"));
  CHECK(write_cache_file(path, "key", {}, Written::kToDisk));
  CHECK(read_cache_file(path, "key") == Bytes{});
  CHECK(std::distance(fs::directory_iterator(path.parent_path()), {}) == 1);
}

TEST_CASE("a cache file that is ignored is removed, so that this is said once") {
  const test::TemporaryDirectory directory;
  const fs::path path = directory.path() / "file.bin";
  const std::vector<std::function<void()>> faults{
      [&] { REQUIRE(write_cache_file(path, "another key", {})); },
      [&] {
        write(path, {1, 2, 3});
      },
      [&] {
        REQUIRE(write_cache_file(path, "key", {}));
        Bytes bytes = read(path);
        bytes.back() ^= 1;
        write(path, bytes);
      }};
  for (const auto& make : faults) {
    make();
    int warnings = 0;
    set_log_sink([&](LogLevel, std::string_view) { ++warnings; });
    CHECK(!read_cache_file(path, "key"));
    CHECK(!read_cache_file(path, "key"));
    set_log_sink({});
    CHECK(warnings == 1);
    CHECK(!fs::exists(path));
  }
}

TEST_CASE("a cache file that the system cannot open now is named and stays") {
  if (test::kIsSanitized) return test::skip("sanitizers open files of their own");
  const test::TemporaryDirectory directory;
  const fs::path path = directory.path() / "file.bin";
  const Bytes content{1, 2, 3};
  REQUIRE(write_cache_file(path, "key", content));
  std::vector<std::string> warnings;
  set_log_sink([&](LogLevel, std::string_view line) { warnings.emplace_back(line); });
  rlimit files{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &files) == 0);
  const rlimit none{0, files.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto without_files = read_cache_file(path, "key");
  REQUIRE(setrlimit(RLIMIT_NOFILE, &files) == 0);
  set_log_sink({});
  CHECK(!without_files);
  REQUIRE(warnings.size() == 1);
  CHECK(warnings.front().find("cannot be read: Too many open files") != std::string::npos);
  CHECK(read_cache_file(path, "key") == content);
}

TEST_CASE("what is no regular file is no cache file, and stays") {
  const test::TemporaryDirectory directory;
  const fs::path path = directory.path() / "file.bin";
  fs::create_directories(path);
  CHECK(!read_cache_file(path, "key"));
  CHECK(fs::is_directory(path));
  CHECK(!read_cache_file(path / "deeper", "key"));
}

TEST_CASE("any damage to a cache file is detected") {
  const test::TemporaryDirectory directory;
  const fs::path path = directory.path() / "file.bin";
  const Bytes content{10, 20, 30, 40, 50, 60, 70};
  REQUIRE(write_cache_file(path, "the key", content));
  const Bytes good = read(path);
  for (std::size_t i = 0; i < good.size(); ++i) {
    CAPTURE(i);
    Bytes damaged = good;
    damaged[i] ^= 0x40;
    write(path, damaged);
    CHECK(!read_cache_file(path, "the key"));
    write(path, Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i)));
    CHECK(!read_cache_file(path, "the key"));
  }
  Bytes longer = good;
  longer.push_back(0);
  write(path, longer);
  CHECK(!read_cache_file(path, "the key"));
  write(path, good);
  CHECK(read_cache_file(path, "the key") == content);
}

TEST_CASE("old temporary files of killed writers are removed and other files stay") {
  const test::TemporaryDirectory directory;
  fs::create_directories(directory.path());
  const auto make = [&](const std::string& name, std::chrono::minutes age) {
    const fs::path path = directory.path() / name;
    write(path, {1});
    fs::last_write_time(path, fs::file_time_type::clock::now() - age);
  };
  constexpr std::chrono::minutes kOld{61};
  make("fft.bin.12.0.tmp", kOld);
  const std::set<std::string> others{"fft.bin.tmp", "fft.bin.x.0.tmp", "fft.bin.1.tmp", "1.0.tmp",
                                     "fft.bin"};
  for (const std::string& other : others) make(other, kOld);
  make("fft.bin.13.0.tmp", std::chrono::minutes(5));  // another process may be writing it

  REQUIRE(write_cache_file(directory.path() / "choices.bin", "key", Bytes{1}));
  std::set<std::string> left;
  for (const auto& entry : fs::directory_iterator(directory.path())) {
    left.insert(entry.path().filename().string());
  }
  std::set<std::string> expected = others;
  expected.insert({"choices.bin", "fft.bin.13.0.tmp"});
  CHECK(left == expected);
}

TEST_CASE("a cache directory that cannot be created is not an error") {
  const test::TemporaryDirectory directory;
  write(directory.path(), {1});  // a file where the directory should be
  CHECK(!write_cache_file(directory.path() / "file.bin", "key", Bytes{1}));
  CHECK(!read_cache_file(directory.path() / "file.bin", "key"));
}

TEST_CASE("a log sink may write cache files while it receives the warning about one") {
  const test::TemporaryDirectory directory;
  write(directory.path(), {1});  // a file where the directory should be
  const fs::path path = directory.path() / "file.bin";
  int warnings = 0;
  set_log_sink([&](LogLevel, std::string_view) {
    ++warnings;
    CHECK(!write_cache_file(path, "key", Bytes{1}));
  });
  CHECK(!write_cache_file(path, "key", Bytes{1}));
  set_log_sink(nullptr);
  CHECK(warnings == 1);
}

}  // namespace
}  // namespace gfnet
