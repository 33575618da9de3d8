// Frames in buffers of the program, on a device of the program: the same results as with
// Classifier.
#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "gfnet/gfnet.h"
#include "gfnet/interop.h"
#include "support/context_fixture.h"
#include "support/environment_variable.h"
#include "support/program_device.h"
#include "support/random.h"
#include "support/random_image.h"
#include "support/reference_files.h"
#include "support/temporary_directory.h"

using namespace gfnet;
using gfnet::test::ProgramBuffer;
using gfnet::test::ProgramDevice;
using gfnet::test::Random;

namespace {

Model load(const std::string& name) { return Model::load(test::reference_file(name + ".pth")); }

/// For both classifiers. Kernels are chosen by rule, so that both run the same kernels and give the
/// same bits.
ClassifierOptions options() {
  ClassifierOptions o;
  o.device = test::wanted_device();
  o.precision = Precision::kFp32;
  o.tuning = Tuning::kNever;
  return o;
}

std::vector<float> logits_of(Classifier& classifier, const Image& image) {
  return classifier.classify(std::span<const Image>(&image, 1)).front().logits;
}

/// The bytes that the image needs as 32-bit words in rows of `row_stride` bytes from `offset` on.
std::uint64_t bytes_for(const Image& image, std::uint64_t offset, std::uint64_t row_stride) {
  return offset + (image.height - 1) * row_stride + 4 * std::uint64_t{image.width};
}

/// Writes the image into `bytes`. Everything else in them is random.
void write(std::span<std::byte> bytes, const Image& image, const FrameBuffer& layout,
           Random& random) {
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.integer(0, 255));
  const bool is_bgra = layout.format == PixelFormat::kBgra;
  for (std::uint32_t y = 0; y < image.height; ++y) {
    for (std::uint32_t x = 0; x < image.width; ++x) {
      const std::uint8_t* const rgb = &image.rgb[3 * (std::size_t{y} * image.width + x)];
      std::byte* const word = &bytes[layout.offset + y * layout.row_stride + 4 * std::size_t{x}];
      for (std::size_t c = 0; c < 3; ++c) word[is_bgra ? 2 - c : c] = std::byte{rgb[c]};
    }
  }
}

/// A frame in a buffer of the program, with the image in it.
struct Frame {
  Frame(ProgramDevice& program, const SharedDevice& shared, const Image& image,
        std::uint64_t offset, std::uint64_t gap, PixelFormat format, Random& random)
      : buffer(program, bytes_for(image, offset, 4 * image.width + gap)),
        layout{vulkan::bits_of(buffer.handle()),
               buffer.mapped().size(),
               offset,
               4 * image.width + gap,
               image.width,
               image.height,
               format},
        frame(shared, layout) {
    write(buffer.mapped(), image, layout, random);
  }

  ProgramBuffer buffer;
  FrameBuffer layout;
  DeviceFrame frame;
};

/// Sizes, offsets and gaps between rows. Offset 12 is aligned for no descriptor.
struct Case {
  std::uint32_t width;
  std::uint32_t height;
  std::uint64_t offset;
  std::uint64_t gap;
  PixelFormat format;
};
const std::vector<Case> kCases{{64, 48, 0, 0, PixelFormat::kRgba},
                               {64, 48, 0, 64, PixelFormat::kBgra},
                               {333, 250, 12, 20, PixelFormat::kBgra},
                               {31, 401, 4096, 132, PixelFormat::kRgba},
                               {1, 1, 4, 0, PixelFormat::kBgra}};

}  // namespace

TEST_CASE("frames in a program's buffers on its device: Classifier's results") {
  Random random;
  CAPTURE(random.seed());
  const Model model = load("flat-8x8-32px");
  // An instance and a device of the engine's own, at the same time.
  Classifier reference(model, options());
  ProgramDevice program;
  const SharedDevice shared = SharedDevice::adopt(program.adopted());
  CHECK(shared.device() == program.device());
  CHECK(&shared.queue_mutex() == &program.queue_mutex());
  FrameClassifier classifier(shared, model, options());
  for (const Case& c : kCases) {
    CAPTURE(c.width);
    CAPTURE(c.offset);
    const Image image = test::random_image(random, c.width, c.height);
    const Frame frame(program, shared, image, c.offset, c.gap, c.format, random);
    CHECK(frame.frame.buffer() == frame.layout.buffer);
    CHECK(classifier.classify(frame.frame).logits == logits_of(reference, image));
  }
}

TEST_CASE("frames of one row: any row stride gives Classifier's results") {
  Random random;
  CAPTURE(random.seed());
  const Model model = load("flat-8x8-32px");
  Classifier reference(model, options());
  ProgramDevice program;
  const SharedDevice shared = SharedDevice::adopt(program.adopted());
  FrameClassifier classifier(shared, model, options());
  const Image image = test::random_image(random, 50, 1);
  const Frame written(program, shared, image, 0, 0, PixelFormat::kRgba, random);
  FrameBuffer layout = written.layout;
  layout.row_stride = (std::uint64_t{1} << 40) + 4;
  const DeviceFrame frame(shared, layout);
  CHECK(classifier.classify(frame).logits == logits_of(reference, image));
}

TEST_CASE("batches of frames: submit, ready and collect give Classifier's results in order") {
  Random random;
  CAPTURE(random.seed());
  const Model model = load("flat-8x8-32px");
  Classifier reference(model, options());
  ProgramDevice program;
  const SharedDevice shared = SharedDevice::adopt(program.adopted());
  std::deque<Frame> frames;  // they outlive the classifier, which ends with work on the device
  std::vector<std::vector<float>> expected;
  for (const Case& c : kCases) {
    const Image image = test::random_image(random, c.width, c.height);
    frames.emplace_back(program, shared, image, c.offset, c.gap, c.format, random);
    expected.push_back(logits_of(reference, image));
  }
  FrameClassifier classifier(shared, model, options());
  const auto batch = [&](std::initializer_list<std::size_t> indices) {
    std::vector<const DeviceFrame*> all;
    for (const std::size_t i : indices) all.push_back(&frames[i].frame);
    return all;
  };
  const auto check = [&](const std::vector<Classification>& results,
                         std::initializer_list<std::size_t> indices) {
    REQUIRE(results.size() == indices.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      CHECK(results[i].logits == expected[indices.begin()[i]]);
    }
  };
  CHECK_FALSE(classifier.ready());
  CHECK_THROWS_AS(classifier.collect(), ArgumentError);
  CHECK(classifier.classify(std::span<const DeviceFrame* const>()).empty());

  // One batch, polled to its end.
  classifier.submit(batch({0, 1, 2}));
  CHECK(classifier.submitted() == 1);
  while (!classifier.ready()) {
  }
  check(classifier.collect(), {0, 1, 2});

  // Two batches of different sizes, with a frame in both; then one more than fit on the device.
  classifier.submit(batch({3, 4}));
  classifier.submit(batch({4, 0, 1}));
  CHECK(classifier.submitted() == 2);
  check(classifier.collect(), {3, 4});
  classifier.submit(batch({2, 2, 2}));
  classifier.submit(batch({1, 3}));
  CHECK(classifier.submitted() == 3);
  // A call that waits takes its own results.
  check(classifier.classify(batch({2, 3})), {2, 3});
  check(classifier.collect(), {4, 0, 1});
  check(classifier.collect(), {2, 2, 2});
  check(classifier.collect(), {1, 3});
  CHECK(classifier.submitted() == 0);

  // A batch without frames takes its turn.
  classifier.submit(batch({0}));
  classifier.submit({});
  classifier.submit(batch({1}));
  check(classifier.collect(), {0});
  CHECK(classifier.ready());
  CHECK(classifier.collect().empty());
  check(classifier.collect(), {1});

  std::vector<const DeviceFrame*> with_null = batch({0, 1});
  with_null.push_back(nullptr);
  CHECK_THROWS_AS(classifier.submit(with_null), ArgumentError);
  CHECK_THROWS_AS(classifier.prepare(0), ArgumentError);
  // Destroyed with work on the device.
  classifier.submit(batch({0, 1, 2}));
}

TEST_CASE("frames that the program writes on the device: semaphores, or the order of submission") {
  Random random;
  CAPTURE(random.seed());
  const Model model = load("flat-8x8-32px");
  Classifier reference(model, options());
  ProgramDevice program;
  const SharedDevice shared = SharedDevice::adopt(program.adopted());
  FrameClassifier classifier(shared, model, options());
  Frame target(program, shared, test::random_image(random, 70, 45), 16, 8, PixelFormat::kBgra,
               random);
  const std::uint64_t bytes = target.buffer.mapped().size();
  std::vector<std::vector<float>> expected;
  std::deque<ProgramBuffer> sources;
  for (int i = 0; i < 4; ++i) {
    const Image image = test::random_image(random, 70, 45);
    write(sources.emplace_back(program, bytes).mapped(), image, target.layout, random);
    expected.push_back(logits_of(reference, image));
  }
  const DeviceFrame* const frames[] = {&target.frame};
  classifier.prepare();
  const VkSemaphore written = program.make_semaphore();
  const VkSemaphore read = program.make_semaphore();
  for (const bool uses_semaphores : {true, false}) {
    CAPTURE(uses_semaphores);
    const VkSemaphore wait = uses_semaphores ? written : VK_NULL_HANDLE;
    const VkSemaphore signal = uses_semaphores ? read : VK_NULL_HANDLE;
    // The next copy overwrites the frame while the batch before may still run.
    for (std::size_t i = 0; i < sources.size(); ++i) {
      program.submit_copy(sources[i].handle(), target.buffer.handle(), bytes,
                          i > 0 ? signal : VK_NULL_HANDLE, wait);
      classifier.submit(frames, vulkan::bits_of(wait), vulkan::bits_of(signal));
    }
    if (uses_semaphores) {  // the last signal is waited for, too
      program.submit_copy(sources[0].handle(), target.buffer.handle(), bytes, signal);
    }
    for (const std::vector<float>& logits : expected) {
      CHECK(classifier.collect().front().logits == logits);
    }
  }
}

TEST_CASE("an adopted device: only features that the program has enabled are used") {
  const Model model = load("flat-8x8-32px");
  ClassifierOptions half = options();
  half.precision = Precision::kFp16;
  {
    ProgramDevice program;
    const SharedDevice shared = SharedDevice::adopt(program.adopted());
    CHECK_FALSE(shared.description().fp16_storage);
    CHECK_FALSE(shared.description().fp16_arithmetic);
    CHECK_FALSE(shared.description().matrix_units);
    CHECK_THROWS_AS(FrameClassifier(shared, model, half), UnsupportedError);
  }
  Random random;
  CAPTURE(random.seed());
  ProgramDevice plain;
  const bool has_storage = plain.info().fp16_storage;
  if (!has_storage) return;
  ProgramDevice program({.storage_buffer_16bit_access = true});
  const SharedDevice shared = SharedDevice::adopt(program.adopted());
  CHECK(shared.description().fp16_storage);
  CHECK_FALSE(shared.description().fp16_arithmetic);
  FrameClassifier classifier(shared, model, half);
  CHECK(classifier.precision() == Precision::kFp16);
  const Frame frame(program, shared, test::random_image(random, 40, 40), 0, 0, PixelFormat::kRgba,
                    random);
  CHECK(fault_of(classifier.classify(frame.frame)) == nullptr);
}

TEST_CASE("an adopted device: with an empty cache folder") {
  const test::TemporaryDirectory cache;
  const test::EnvironmentVariable variable("GFNET_CACHE", cache.path());
  ProgramDevice program;
  const SharedDevice shared = SharedDevice::adopt(program.adopted());
  Random random;
  CAPTURE(random.seed());
  FrameClassifier classifier(shared, load("flat-8x8-32px"), options());
  const Frame frame(program, shared, test::random_image(random, 40, 40), 0, 0, PixelFormat::kRgba,
                    random);
  CHECK(fault_of(classifier.classify(frame.frame)) == nullptr);
}

TEST_CASE("frames in a program's buffers: mistakes are named") {
  Random random;
  ProgramDevice program;
  const SharedDevice shared = SharedDevice::adopt(program.adopted());
  Frame good(program, shared, test::random_image(random, 10, 6), 8, 4, PixelFormat::kRgba, random);
  const auto refused = [&](const std::function<void(FrameBuffer&)>& spoil, const char* saying) {
    FrameBuffer layout = good.layout;
    spoil(layout);
    CHECK_THROWS_WITH_AS(DeviceFrame(shared, layout), doctest::Contains(saying), ArgumentError);
  };
  refused([](FrameBuffer& f) { f.buffer = 0; }, "null");
  refused([](FrameBuffer& f) { f.width = 0; }, "without pixels");
  refused([](FrameBuffer& f) { f.height = 0; }, "without pixels");
  refused([](FrameBuffer& f) { f.format = PixelFormat::kRgb; }, "kRgba");
  refused([](FrameBuffer& f) { f.offset = 6; }, "multiple of 4");
  refused([](FrameBuffer& f) { f.row_stride = 42; }, "multiple of 4");
  refused([](FrameBuffer& f) { f.row_stride = 36; }, "less than the 40 bytes of a row");
  refused([](FrameBuffer& f) { f.height = 7; }, "exceed the buffer's");
  refused([](FrameBuffer& f) { f.offset += 4; }, "exceed the buffer's");
  refused([](FrameBuffer& f) { f.offset = ~std::uint64_t{3}; }, "exceed the buffer's");
  refused([](FrameBuffer& f) { f.row_stride = ~std::uint64_t{3}; }, "exceed the buffer's");
  refused([](FrameBuffer& f) { f.buffer_bytes = 1u << 30; }, "the buffer has at most");
  FrameUploader uploader(shared);
  uploader.pixels(10, 6);
  CHECK_THROWS_WITH_AS(uploader.upload(good.frame), doctest::Contains("does not own"),
                       ArgumentError);
}
