#include "base/cache_file.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>

namespace gfnet {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

/// A directory that goes with the test case.
class Directory {
 public:
  Directory() {
    std::random_device random;
    path_ = fs::temp_directory_path() / ("gfnet-cache-" + std::to_string(random()));
  }
  ~Directory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Bytes read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

void write(const fs::path& path, const Bytes& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

TEST_CASE("a cache file comes back with its key only") {
  const Directory directory;
  const fs::path path = directory.path() / "deeper" / "file.bin";
  CHECK(!read_cache_file(path, "key"));
  const Bytes content{1, 2, 3, 0, 255};
  CHECK(write_cache_file(path, "key", content));
  CHECK(read_cache_file(path, "key") == content);
  CHECK(!read_cache_file(path, "other key"));
  CHECK(write_cache_file(path, "key", {}));
  CHECK(read_cache_file(path, "key") == Bytes{});
  CHECK(std::distance(fs::directory_iterator(path.parent_path()), {}) == 1);
}

TEST_CASE("every damage to a cache file is noticed") {
  const Directory directory;
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

TEST_CASE("a cache directory that cannot be made is no error") {
  const Directory directory;
  write(directory.path(), {1});  // a file where the directory should be
  CHECK(!write_cache_file(directory.path() / "file.bin", "key", Bytes{1}));
  CHECK(!read_cache_file(directory.path() / "file.bin", "key"));
}

}  // namespace
}  // namespace gfnet
