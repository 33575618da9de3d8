// Frames on a device that a program shares with the engine: the same results as with Classifier.
#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "../checkpoint/writers.h"
#include "api/shared_device.h"
#include "gfnet/gfnet.h"
#include "gfnet/interop.h"
#include "support/context_fixture.h"
#include "support/device_calls.h"
#include "support/random.h"
#include "support/random_image.h"
#include "support/reference_files.h"
#include "support/skip.h"
#include "support/synthetic_checkpoint.h"
#include "vulkan/object_count.h"

using namespace gfnet;
using gfnet::test::Random;
using gfnet::test::random_image;

namespace {

/// More runs than the classifier needs to change from single steps to slices.
constexpr std::size_t kRuns = 5;

SharedDeviceOptions device_options() {
  SharedDeviceOptions o;
  o.device = test::wanted_device();
  o.validation = test::wants_validation();
  return o;
}

/// For both classifiers. Kernels are chosen by rule, so that both run the same kernels and give the
/// same bits.
ClassifierOptions options(Precision precision = Precision::kFp32) {
  ClassifierOptions o;
  o.device = test::wanted_device();
  o.validation = test::wants_validation();
  o.precision = precision;
  o.tuning = Tuning::kNever;
  return o;
}

Model load(const std::string& name) { return Model::load(test::reference_file(name + ".pth")); }

/// A shared device with frames, for one test case. Any validation message fails the case, including
/// messages of the device's destruction.
class SharedDeviceFixture {
 public:
  ~SharedDeviceFixture() {
    const SharedDevice::ValidationLog log = device_->validation_log();
    uploader_.reset();
    device_.reset();
    for (const std::string& message : log.messages()) FAIL_CHECK(message);
  }

  Random& random() { return random_; }
  const SharedDevice& device() const { return *device_; }
  FrameUploader& uploader() { return *uploader_; }

  /// Writes the image as 32-bit words: R, G, B and a random byte.
  void write(const Image& image) {
    const std::span<std::byte> pixels = uploader_->pixels(image.width, image.height);
    REQUIRE(pixels.size() == image.rgb.size() / 3 * 4);
    for (std::size_t i = 0; i < pixels.size() / 4; ++i) {
      const std::uint8_t bytes[] = {image.rgb[3 * i], image.rgb[3 * i + 1], image.rgb[3 * i + 2],
                                    static_cast<std::uint8_t>(random_.integer(0, 255))};
      std::memcpy(&pixels[4 * i], bytes, sizeof(bytes));
    }
  }

  DeviceFrame frame_of(const Image& image) {
    write(image);
    DeviceFrame frame(device(), image.width, image.height);
    uploader_->upload(frame);
    return frame;
  }

 private:
  Random random_;
  std::optional<SharedDevice> device_{device_options()};
  std::optional<FrameUploader> uploader_{*device_};
};

/// Compares bit by bit: preprocessing does the same sums from words and from bytes, and the
/// network's kernels are the same.
void check_same(const Classification& actual, const Classification& expected) {
  CHECK(actual.logits == expected.logits);
  REQUIRE(actual.top.size() == expected.top.size());
  for (std::size_t i = 0; i < expected.top.size(); ++i) {
    CHECK(actual.top[i].index == expected.top[i].index);
    CHECK(actual.top[i].label == expected.top[i].label);
    CHECK(actual.top[i].probability == expected.top[i].probability);
  }
  REQUIRE(actual.class_maps.size() == expected.class_maps.size());
  for (std::size_t i = 0; i < expected.class_maps.size(); ++i) {
    CHECK(actual.class_maps[i].index == expected.class_maps[i].index);
    CHECK(actual.class_maps[i].values == expected.class_maps[i].values);
  }
  REQUIRE(actual.spectrum.has_value() == expected.spectrum.has_value());
  if (!expected.spectrum) return;
  CHECK(actual.spectrum->layer == expected.spectrum->layer);
  CHECK(actual.spectrum->before == expected.spectrum->before);
  CHECK(actual.spectrum->after == expected.spectrum->after);
}

/// Runs frames of these sizes in turn on one FrameClassifier: each at least twice, and at least
/// kRuns runs in all. Compares with Classifier.
void check_against_classifier(SharedDeviceFixture& fixture, const Model& model,
                              const ClassifierOptions& options,
                              const std::vector<std::array<std::uint32_t, 2>>& sizes) {
  CAPTURE(fixture.random().seed());
  Classifier reference(model, options);
  FrameClassifier classifier(fixture.device(), model, options);
  CHECK(classifier.precision() == options.precision);
  std::vector<DeviceFrame> frames;
  std::vector<Classification> expected;
  for (const auto& [width, height] : sizes) {
    const Image image = random_image(fixture.random(), width, height);
    expected.push_back(reference.classify({&image, 1}).front());
    frames.push_back(fixture.frame_of(image));
  }
  const std::size_t rounds = 2 + kRuns / sizes.size();
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < frames.size(); ++i) {
      CAPTURE(round);
      CAPTURE(frames[i].width());
      CAPTURE(frames[i].height());
      check_same(classifier.classify(frames[i]), expected[i]);
    }
  }
}

/// One pixel and many, odd sizes, cropped rows or columns, smaller and larger than the network's
/// input. More sizes than the classifier keeps commands for.
const std::vector<std::array<std::uint32_t, 2>> kSizes{{1, 1},    {1, 90},  {90, 1},  {7, 5},
                                                       {31, 33},  {32, 32}, {64, 48}, {333, 250},
                                                       {47, 401}, {640, 31}};

}  // namespace

TEST_CASE_FIXTURE(SharedDeviceFixture, "frames of any size: Classifier's results in fp32") {
  check_against_classifier(*this, load("flat-8x8-32px"), options(), kSizes);
  // Another resolution, which is cropped on all sides.
  ClassifierOptions larger = options();
  larger.image_size = ImageSize{48, 64};
  check_against_classifier(*this, load("flat-8x8-32px"), larger, {{1, 1}, {64, 48}, {333, 250}});
}

TEST_CASE_FIXTURE(SharedDeviceFixture, "frames of any size: Classifier's results in fp16") {
  if (!device().description().fp16_storage) return test::skip("no 16-bit storage");
  check_against_classifier(*this, load("flat-8x8-32px"), options(Precision::kFp16), kSizes);
}

TEST_CASE_FIXTURE(SharedDeviceFixture, "frames for a grey model: Classifier's results") {
  check_against_classifier(*this, load("flat-15x15-gray-1logit"), options(),
                           {{100, 80}, {301, 403}});
}

TEST_CASE_FIXTURE(SharedDeviceFixture, "frames with explanations: Classifier's maps and spectra") {
  for (const char* name : {"flat-8x8-32px", "pyramid-no-layerscale"}) {
    CAPTURE(name);
    ClassifierOptions all = options();
    all.explain.class_maps = true;
    all.explain.layer = 1;
    check_against_classifier(*this, load(name), all, {{50, 40}, {301, 203}});
  }
  ClassifierOptions one = options();
  one.explain.class_maps = true;
  one.explain.class_index = 3;
  check_against_classifier(*this, load("flat-8x8-32px"), one, {{50, 40}});
}

TEST_CASE_FIXTURE(SharedDeviceFixture,
                  "a frame with new pixels: new results and no new Vulkan objects") {
  CAPTURE(random().seed());
  const Model model = load("flat-8x8-32px");
  Classifier reference(model, options());
  FrameClassifier classifier(device(), model, options());
  classifier.prepare();
  DeviceFrame frame(device(), 70, 45);
  const auto run = [&] {
    const Image image = random_image(random(), frame.width(), frame.height());
    const Classification expected = reference.classify({&image, 1}).front();
    // The same pixels twice, with different last bytes.
    for (int time = 0; time < 2; ++time) {
      write(image);
      uploader().upload(frame);
      check_same(classifier.classify(frame), expected);
    }
  };
  for (std::size_t i = 0; i < kRuns; ++i) run();
  const vulkan::ObjectCount before = vulkan::object_count();
  for (int i = 0; i < 3; ++i) run();
  classifier.prepare();
  CHECK(vulkan::object_count() == before);
}

TEST_CASE_FIXTURE(SharedDeviceFixture, "submitting new frames does not wait for the device") {
  CAPTURE(random().seed());
  const Model model = load("flat-8x8-32px");
  Classifier reference(model, options());
  FrameClassifier classifier(device(), model, options());
  classifier.prepare(2);
  const Image images[] = {random_image(random(), 33, 20), random_image(random(), 64, 48)};
  const DeviceFrame first = frame_of(images[0]);
  const DeviceFrame second = frame_of(images[1]);
  const DeviceFrame* const frames[] = {&first, &second};
  const std::vector<Classification> expected = reference.classify(images);
  test::DeviceCalls calls(api::state_of(device()).context.device());
  classifier.submit(frames);
  CHECK(calls.submissions() == 2);  // the preprocessing; the network
  CHECK(calls.waits() == 0);
  const std::vector<Classification> results = classifier.collect();
  for (std::size_t i = 0; i < 2; ++i) check_same(results[i], expected[i]);
}

TEST_CASE_FIXTURE(SharedDeviceFixture, "frames whose batch cannot start are no longer read") {
  CAPTURE(random().seed());
  const Model model = load("flat-8x8-32px");
  const Image image = random_image(random(), 33, 20);
  const Classification expected = Classifier(model, options()).classify({&image, 1}).front();
  FrameClassifier classifier(device(), model, options());
  classifier.prepare();
  const DeviceFrame frame = frame_of(image);
  const DeviceFrame* const frames[] = {&frame};
  test::DeviceCalls calls(api::state_of(device()).context.device());
  for (const int failing : {1, 0}) {  // the network; the preprocessing
    CAPTURE(failing);
    calls.restart(failing);
    CHECK_THROWS_AS(classifier.submit(frames), VulkanError);
    CHECK(calls.submissions() == failing + 1);
    // At first there is only the preprocessing to wait for.
    if (failing == 1) CHECK(calls.waits() == 1);
    CHECK(classifier.submitted() == 0);
    check_same(classifier.classify(frame), expected);
  }
}

TEST_CASE_FIXTURE(SharedDeviceFixture, "impossible frames and invalid uploads are refused") {
  CAPTURE(random().seed());
  for (const auto& [width, height] : {std::array{0u, 5u}, {5u, 0u}, {0u, 0u}}) {
    CHECK_THROWS_AS(DeviceFrame(device(), width, height), Error);
    CHECK_THROWS_AS(uploader().pixels(width, height), Error);
  }
  DeviceFrame frame(device(), 6, 4);
  CHECK_THROWS_AS(uploader().upload(frame), Error);  // nothing was written yet
  const Image image = random_image(random(), 6, 4);
  write(image);
  DeviceFrame turned(device(), 4, 6);
  CHECK_THROWS_AS(uploader().upload(turned), Error);
  uploader().upload(frame);
  // The last one would have 2⁶⁴ + 4 bytes, which must not wrap to 4.
  for (const auto& [width, height] :
       {std::array{65535u, 65535u}, {1u << 31, 1u << 31}, {2'147'418'113u, 2'147'549'185u}}) {
    CHECK_THROWS_AS(DeviceFrame(device(), width, height), UnsupportedError);
    CHECK_THROWS_AS(uploader().pixels(width, height), UnsupportedError);
    CHECK_THROWS_AS(uploader().upload(frame), Error);  // the written pixels are discarded
  }
  const auto most = static_cast<std::uint32_t>(device().description().max_buffer_bytes / 4);
  CHECK_THROWS_AS(DeviceFrame(device(), most + 1, 1), UnsupportedError);
  write(image);
  uploader().upload(frame);
}

TEST_CASE_FIXTURE(SharedDeviceFixture, "frames of another device are refused") {
  CAPTURE(random().seed());
  const Image image = random_image(random(), 6, 4);
  const DeviceFrame own = frame_of(image);
  const SharedDevice another(device_options());
  DeviceFrame foreign(another, 6, 4);
  FrameClassifier classifier(device(), Model::load(test::reference_file("flat-8x8-32px.pth")),
                             options());
  const Classification expected = classifier.classify(own);
  const DeviceFrame* const frames[] = {&own, &foreign};
  CHECK_THROWS_WITH_AS(classifier.submit(frames), doctest::Contains("another device"),
                       ArgumentError);
  CHECK_THROWS_AS(classifier.classify(foreign), ArgumentError);
  CHECK(classifier.submitted() == 0);
  write(image);
  CHECK_THROWS_WITH_AS(uploader().upload(foreign), doctest::Contains("another device"),
                       ArgumentError);
  check_same(classifier.classify(own), expected);
}

TEST_CASE_FIXTURE(SharedDeviceFixture, "a model with five input channels is refused") {
  test::Architecture architecture;
  architecture.input_channels = 5;
  std::vector<test::SavedTensor> tensors;
  for (const auto& [name, tensor] : test::synthetic_tensors(architecture, random())) {
    tensors.push_back(test::float_tensor(name, tensor.values, tensor.shape.dims()));
  }
  const test::TempFile file(test::torch_zip(test::pickled_state_dict(tensors), tensors));
  FrameClassifier classifier(device(), Model::load(file.path()), options());
  CHECK(classifier.model().description().input_channels == 5);
  for (int time = 0; time < 2; ++time) {
    CHECK_THROWS_WITH_AS(classifier.prepare(), doctest::Contains("5 channels"), UnsupportedError);
  }
  const DeviceFrame frame = frame_of(random_image(random(), 8, 8));
  CHECK_THROWS_AS(classifier.classify(frame), UnsupportedError);
}

TEST_CASE("a shared device: a missing extension or device is an error") {
  SharedDeviceOptions missing = device_options();
  missing.device_extensions = {"VK_GFNET_no_such_extension"};
  CHECK_THROWS_WITH_AS(SharedDevice{missing}, doctest::Contains("VK_GFNET_no_such_extension"),
                       UnsupportedError);
  missing = device_options();
  missing.instance_extensions = {"VK_GFNET_no_such_extension"};
  CHECK_THROWS_WITH_AS(SharedDevice{missing}, doctest::Contains("VK_GFNET_no_such_extension"),
                       UnsupportedError);
  missing = device_options();
  missing.device = "no such device";
  CHECK_THROWS_AS(SharedDevice{missing}, NoDeviceError);
}
