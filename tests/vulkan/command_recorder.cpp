#include "vulkan/commands/command_recorder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "gfnet/error.h"
#include "support/device_fixture.h"
#include "support/mapped_buffer.h"
#include "vulkan/test_shaders.h"

namespace gfnet::vulkan {
namespace {

using test::CountAndValue;
using test::DeviceFixture;
using test::MappedBuffer;
using Words = std::vector<std::uint32_t>;

constexpr std::uint32_t kCount = 5000;

/// The two test pipelines and the commands that use them, over kCount words.
class RecorderFixture : public DeviceFixture {
 public:
  RecorderFixture()
      : add_(device(), cache(), test::shader("add_value"), test::add_value(32, 1)),
        scale_(device(), cache(), test::shader("scale")) {}

  void add(CommandRecorder& recorder, const Buffer& data, std::uint32_t value) const {
    const Binding bindings[] = {{&data, Access::kReadWrite}};
    recorder.dispatch(add_, bindings, CountAndValue{kCount, value}, {kCount, 1, 1});
  }
  void scale(CommandRecorder& recorder, const Buffer& from, const Buffer& to,
             std::uint32_t value) const {
    const Binding bindings[] = {{&from, Access::kRead}, {&to, Access::kWrite}};
    recorder.dispatch(scale_, bindings, CountAndValue{kCount, value}, {kCount, 1, 1});
  }
  std::uint32_t run(CommandRecorder& recorder) {
    const Recording recording = recorder.finish();
    device().submit(recording).wait();
    return recording.counts().barriers;
  }

  Pipeline add_;
  Pipeline scale_;
};

TEST_CASE_FIXTURE(RecorderFixture, "a read after a write waits for it") {
  MappedBuffer<std::uint32_t> a(device(), Words(kCount, 3));
  MappedBuffer<std::uint32_t> b(device(), kCount);
  MappedBuffer<std::uint32_t> c(device(), kCount);
  CommandRecorder recorder(device());
  scale(recorder, a.buffer(), b.buffer(), 5);
  scale(recorder, b.buffer(), c.buffer(), 7);
  CHECK(run(recorder) == 1);
  CHECK(c.copy() == Words(kCount, 105));
}

TEST_CASE_FIXTURE(RecorderFixture, "a write after a read waits for it") {
  MappedBuffer<std::uint32_t> a(device(), Words(kCount, 3));
  MappedBuffer<std::uint32_t> b(device(), Words(kCount, 4));
  MappedBuffer<std::uint32_t> c(device(), kCount);
  CommandRecorder recorder(device());
  scale(recorder, a.buffer(), c.buffer(), 2);
  scale(recorder, b.buffer(), a.buffer(), 10);
  CHECK(run(recorder) == 1);
  CHECK(c.copy() == Words(kCount, 6));
  CHECK(a.copy() == Words(kCount, 40));
}

TEST_CASE_FIXTURE(RecorderFixture, "a write after a write waits for it") {
  MappedBuffer<std::uint32_t> a(device(), Words(kCount, 3));
  MappedBuffer<std::uint32_t> b(device(), Words(kCount, 4));
  MappedBuffer<std::uint32_t> c(device(), kCount);
  CommandRecorder recorder(device());
  scale(recorder, a.buffer(), c.buffer(), 2);
  scale(recorder, b.buffer(), c.buffer(), 2);
  CHECK(run(recorder) == 1);
  CHECK(c.copy() == Words(kCount, 8));
}

TEST_CASE_FIXTURE(RecorderFixture, "an in-place chain has a barrier between any two neighbours") {
  MappedBuffer<std::uint32_t> a(device(), kCount);
  CommandRecorder recorder(device());
  for (std::uint32_t i = 1; i <= 20; ++i) add(recorder, a.buffer(), i);
  CHECK(run(recorder) == 19);
  CHECK(a.copy() == Words(kCount, 210));
}

TEST_CASE_FIXTURE(RecorderFixture, "independent commands have no barrier between them") {
  MappedBuffer<std::uint32_t> a(device(), Words(kCount, 3));
  MappedBuffer<std::uint32_t> b(device(), kCount);
  MappedBuffer<std::uint32_t> c(device(), kCount);
  MappedBuffer<std::uint32_t> d(device(), kCount);
  CommandRecorder recorder(device());
  scale(recorder, a.buffer(), b.buffer(), 2);
  scale(recorder, a.buffer(), c.buffer(), 3);
  add(recorder, d.buffer(), 1);
  CHECK(run(recorder) == 0);
  CHECK(b.copy() == Words(kCount, 6));
  CHECK(c.copy() == Words(kCount, 9));
  CHECK(d.copy() == Words(kCount, 1));
}

TEST_CASE_FIXTURE(RecorderFixture, "one barrier serves every hazard before it") {
  MappedBuffer<std::uint32_t> a(device(), Words(kCount, 1));
  MappedBuffer<std::uint32_t> b(device(), kCount);
  MappedBuffer<std::uint32_t> c(device(), kCount);
  MappedBuffer<std::uint32_t> d(device(), kCount);
  MappedBuffer<std::uint32_t> e(device(), kCount);
  CommandRecorder recorder(device());
  scale(recorder, a.buffer(), b.buffer(), 2);
  scale(recorder, a.buffer(), c.buffer(), 3);
  scale(recorder, b.buffer(), d.buffer(), 5);
  scale(recorder, c.buffer(), e.buffer(), 7);
  CHECK(run(recorder) == 1);
  CHECK(d.copy() == Words(kCount, 10));
  CHECK(e.copy() == Words(kCount, 21));
}

TEST_CASE_FIXTURE(RecorderFixture, "overlaps of buffers that share memory are detected") {
  const std::uint64_t bytes = kCount * sizeof(std::uint32_t);
  const std::uint64_t step = device().buffer_alignment();
  const std::uint64_t slot = (bytes + step - 1) / step * step;
  const Memory arena(device(), 2 * slot, MemoryKind::kDeviceLocal);
  const Buffer first(device(), arena, 0, bytes);
  const Buffer second(device(), arena, slot, bytes);
  const Buffer both(device(), arena, 0, 2 * slot);
  const Buffer alias(device(), arena, slot, bytes);
  MappedBuffer<std::uint32_t> result(device(), kCount);
  CommandRecorder recorder(device());
  recorder.fill(both, 0, 2 * slot, 5);
  scale(recorder, first, second, 3);           // after the fill
  scale(recorder, alias, result.buffer(), 2);  // after the write through `second`
  recorder.fill(first, 0, 4, 0);  // `first` was read before the last barrier: none needed
  CHECK(run(recorder) == 2);
  CHECK(result.copy() == Words(kCount, 30));
}

TEST_CASE_FIXTURE(RecorderFixture, "copies and fills are ordered with dispatches by their ranges") {
  MappedBuffer<std::uint32_t> a(device(), Words(kCount, 1));
  MappedBuffer<std::uint32_t> b(device(), kCount);
  CommandRecorder recorder(device());
  add(recorder, a.buffer(), 1);
  const CopyRegion halves[] = {{0, 4 * (kCount / 2), 4 * (kCount / 2)},
                               {4 * (kCount / 2), 0, 4 * (kCount / 2)}};
  recorder.copy(a.buffer(), b.buffer(), halves);  // barrier
  recorder.fill(b.buffer(), 0, 16, 9);            // barrier
  recorder.fill(b.buffer(), 16, 16, 8);           // another range: none
  add(recorder, b.buffer(), 1);                   // barrier
  CHECK(run(recorder) == 3);
  Words expected(kCount, 3);
  for (std::size_t i = 0; i < 4; ++i) expected[i] = 10;
  for (std::size_t i = 4; i < 8; ++i) expected[i] = 9;
  CHECK(b.copy() == expected);
}

TEST_CASE_FIXTURE(RecorderFixture, "a recording can be replayed and waits for earlier ones") {
  MappedBuffer<std::uint32_t> a(device(), Words(kCount, 1));
  MappedBuffer<std::uint32_t> b(device(), kCount);
  CommandRecorder first_recorder(device());
  add(first_recorder, a.buffer(), 1);
  const Recording first = first_recorder.finish();
  CommandRecorder second_recorder(device());
  scale(second_recorder, a.buffer(), b.buffer(), 10);
  const Recording second = second_recorder.finish();
  for (int i = 0; i < 3; ++i) device().submit(first).wait();
  CHECK(a.copy() == Words(kCount, 4));
  const Recording* const pair[] = {&first, &second};
  device().submit(pair).wait();
  CHECK(b.copy() == Words(kCount, 50));
  Submission one = device().submit(first);
  Submission two = device().submit(second);
  two.wait();
  one.wait();
  CHECK(b.copy() == Words(kCount, 60));
}

TEST_CASE_FIXTURE(RecorderFixture, "more commands than one descriptor pool holds") {
  MappedBuffer<std::uint32_t> a(device(), kCount);
  CommandRecorder recorder(device());
  for (std::uint32_t i = 0; i < 300; ++i) add(recorder, a.buffer(), 1);
  run(recorder);
  CHECK(a.copy() == Words(kCount, 300));
}

TEST_CASE_FIXTURE(RecorderFixture, "a dispatch of no threads records no command") {
  MappedBuffer<std::uint32_t> a(device(), kCount);
  CommandRecorder recorder(device());
  const Binding bindings[] = {{&a.buffer(), Access::kReadWrite}};
  recorder.dispatch(add_, bindings, CountAndValue{kCount, 1}, {kCount, 0, 1});
  const Recording recording = recorder.finish();
  CHECK(recording.counts().dispatches == 0);
}

TEST_CASE_FIXTURE(RecorderFixture, "a shader reads a texel buffer") {
  const Pipeline pipeline(device(), cache(), test::shader("texels"));
  std::vector<float> values(4 * 100);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  const MappedBuffer<float> source(device(), values);
  MappedBuffer<float> sums(device(), 100);
  CommandRecorder recorder(device());
  const Binding bindings[] = {{&source.buffer(), Access::kRead}, {&sums.buffer(), Access::kWrite}};
  recorder.dispatch(pipeline, bindings, {}, {100, 1, 1});
  run(recorder);
  std::vector<float> expected(100);
  for (std::size_t i = 0; i < 100; ++i) expected[i] = static_cast<float>(16 * i + 6);
  CHECK(sums.copy() == expected);
}

TEST_CASE_FIXTURE(RecorderFixture, "a shader reads a uniform block that a shader wrote") {
  const Pipeline pipeline(device(), cache(), test::shader("uniform_block"));
  const std::vector<std::uint32_t> values{7, 1, 8, 2, 9, 3, 10, 4};
  const MappedBuffer<std::uint32_t> source(device(), values);
  MappedBuffer<std::uint32_t> copy(device(), values.size());
  CommandRecorder recorder(device());
  const Binding add[] = {{&source.buffer(), Access::kReadWrite}};
  recorder.dispatch(add_, add, CountAndValue{8, 1}, {8, 2, 1});
  const Binding bindings[] = {{&source.buffer(), Access::kRead}, {&copy.buffer(), Access::kWrite}};
  recorder.dispatch(pipeline, bindings, {}, {8, 1, 1});
  run(recorder);
  std::vector<std::uint32_t> expected;
  for (const std::uint32_t value : values) expected.push_back(value + 1);
  CHECK(copy.copy() == expected);
}

TEST_CASE_FIXTURE(RecorderFixture, "bindings and parameters that do not fit are refused") {
  const MappedBuffer<std::uint32_t> a(device(), kCount);
  const MappedBuffer<std::uint32_t> b(device(), kCount);
  CommandRecorder recorder(device());
  const Binding one[] = {{&a.buffer(), Access::kRead}};
  const Binding two[] = {{&a.buffer(), Access::kRead}, {&b.buffer(), Access::kWrite}};
  const Binding missing[] = {{&a.buffer(), Access::kRead}, {nullptr, Access::kWrite}};
  const Binding understated[] = {{&a.buffer(), Access::kRead}, {&b.buffer(), Access::kRead}};
  const CountAndValue push{kCount, 1};
  CHECK_THROWS_AS(recorder.dispatch(scale_, one, push, {1, 1, 1}), Error);
  CHECK_THROWS_AS(recorder.dispatch(scale_, missing, push, {1, 1, 1}), Error);
  CHECK_THROWS_AS(recorder.dispatch(scale_, understated, push, {1, 1, 1}), Error);
  CHECK_THROWS_AS(recorder.dispatch(scale_, two, std::uint32_t{1}, {1, 1, 1}), Error);
  CHECK_THROWS_AS(recorder.dispatch(scale_, two, {}, {1, 1, 1}), Error);
  const CopyRegion outside{4, 0, a.buffer().bytes()};
  CHECK_THROWS_AS(recorder.copy(a.buffer(), b.buffer(), std::span<const CopyRegion>(&outside, 1)),
                  Error);
  CHECK_THROWS_AS(recorder.fill(a.buffer(), 2, 4, 0), Error);
  CHECK_THROWS_AS(recorder.fill(a.buffer(), 0, a.buffer().bytes() + 4, 0), Error);
}

TEST_CASE_FIXTURE(RecorderFixture, "more workgroups than the device allows are refused") {
  const MappedBuffer<std::uint32_t> a(device(), kCount);
  const std::uint64_t limit = device().info().max_workgroup_count[1];
  const std::uint64_t threads = (limit + 1) * add_.workgroup_size()[1];
  if (threads > ~std::uint32_t{0}) return;  // more than the call can express
  CommandRecorder recorder(device());
  const Binding bindings[] = {{&a.buffer(), Access::kReadWrite}};
  const CountAndValue push{kCount, 1};
  CHECK_THROWS_AS(
      recorder.dispatch(add_, bindings, push, {1, static_cast<std::uint32_t>(threads), 1}),
      UnsupportedError);
}

}  // namespace
}  // namespace gfnet::vulkan
