#include "vulkan/pipelines/pipeline_cache.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/cache_file.h"
#include "support/device_fixture.h"
#include "support/skip.h"
#include "vulkan/device_key.h"
#include "vulkan/pipelines/pipeline.h"
#include "vulkan/test_shaders.h"

namespace gfnet::vulkan {
namespace {

namespace fs = std::filesystem;

class CacheFixture : public test::DeviceFixture {
 public:
  /// Opens the cache, makes a pipeline with it and saves it. Returns whether a file was loaded.
  bool use() {
    PipelineCache disk(device(), directory());
    const Pipeline pipeline(device(), disk, test::shader("scale"));
    path_ = disk.path();
    CHECK(disk.save());
    return disk.loaded();
  }
  /// Whether the driver's cache data has a complete header, without which no file is written. Marks
  /// the test as skipped if not.
  bool driver_has_caches() {
    PipelineCache memory(device(), {});
    std::size_t size = 0;
    REQUIRE(device().vk().vkGetPipelineCacheData(device().handle(), memory.handle(), &size,
                                                 nullptr) == VK_SUCCESS);
    std::vector<std::uint8_t> data(size);
    REQUIRE(device().vk().vkGetPipelineCacheData(device().handle(), memory.handle(), &size,
                                                 data.data()) == VK_SUCCESS);
    if (size >= sizeof(VkPipelineCacheHeaderVersionOne)) return true;
    CHECK(!PipelineCache(device(), directory()).save());
    CHECK(fs::is_empty(directory()));
    test::skip("the driver's pipeline caches have no whole header");
    return false;
  }
  std::string bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void overwrite(const std::string& bytes) const {
    std::ofstream file(path_, std::ios::binary | std::ios::trunc);
    file << bytes;
  }

  fs::path path_;
};

TEST_CASE_FIXTURE(CacheFixture, "a saved pipeline cache is loaded again") {
  if (!driver_has_caches()) return;
  CHECK(!use());
  CHECK(fs::exists(path_));
  CHECK(use());
  CHECK(std::distance(fs::directory_iterator(directory()), {}) == 1);
}

TEST_CASE_FIXTURE(CacheFixture, "a damaged pipeline cache is rebuilt") {
  if (!driver_has_caches()) return;
  use();
  const std::string good = bytes();
  for (const std::string& bad :
       {std::string(), std::string("not a cache"), good.substr(0, good.size() / 2),
        good.substr(0, good.size() - 1), good + "x",
        good.substr(0, good.size() - 1) + static_cast<char>(good.back() ^ 1)}) {
    CAPTURE(bad.size());
    overwrite(bad);
    CHECK(!use());
    CHECK(use());
  }
}

TEST_CASE_FIXTURE(CacheFixture, "a foreign pipeline cache is rebuilt") {
  if (!driver_has_caches()) return;
  use();
  const auto content = read_cache_file(path_, device_key(device().info()));
  REQUIRE(content);
  SUBCASE("of another driver by its key") {
    REQUIRE(write_cache_file(path_, device_key(device().info()) + "-", *content));
  }
  SUBCASE("of another driver by its header") {
    auto other = *content;
    other[20] ^= 0xFF;  // in the UUID
    REQUIRE(write_cache_file(path_, device_key(device().info()), other));
  }
  SUBCASE("without a header") { REQUIRE(write_cache_file(path_, device_key(device().info()), {})); }
  CHECK(!use());
  CHECK(use());
}

TEST_CASE_FIXTURE(CacheFixture, "a pipeline cache needs no directory") {
  {
    PipelineCache memory(device(), {});
    CHECK(!memory.save());
    CHECK_NOTHROW(Pipeline(device(), memory, test::shader("scale")));
  }
  const fs::path file = directory() / "file";
  std::ofstream(file) << "a file where the directory should be";
  PipelineCache unwritable(device(), file);
  CHECK_NOTHROW(Pipeline(device(), unwritable, test::shader("scale")));
  CHECK(!unwritable.save());
}

TEST_CASE("device keys tell drivers apart") {
  DeviceInfo a;
  a.name = "device";
  DeviceInfo b = a;
  CHECK(device_key(a) == device_key(b));
  b.pipeline_cache_uuid[3] = 1;
  CHECK(device_key(a) != device_key(b));
  CHECK(device_file_tag(a) != device_file_tag(b));
  b = a;
  b.driver_version_number = 1;
  CHECK(device_key(a) != device_key(b));
}

}  // namespace
}  // namespace gfnet::vulkan
