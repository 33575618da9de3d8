// The three caches on disk, from start to result: compiled pipelines, VkFFT's plans, and the
// kernels found fastest.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/cache_file.h"
#include "compiler/network.h"
#include "gfnet/npy.h"
#include "support/captured_stderr.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/reference_files.h"
#include "support/rounding.h"
#include "support/temporary_directory.h"
#include "vulkan/commands/command_recorder.h"

using namespace gfnet;
namespace fs = std::filesystem;

namespace {

const std::string kModel = "pyramid-56-28-14-7";

/// One start of the engine, up to a first correct result.
struct Start {
  bool pipelines_loaded = false;
  bool choices_loaded = false;
  runtime::BatchPipeline::FftUse ffts;
  /// The engine's output on stderr.
  std::string log;

  bool is_warm() const {
    return pipelines_loaded && choices_loaded && ffts.plans > 0 && ffts.loaded == ffts.plans;
  }
  bool is_cold() const { return !pipelines_loaded && !choices_loaded && ffts.loaded == 0; }
};

void write_input(tuning::TunedDevice& context, const std::vector<float>& values,
                 const vulkan::Buffer& input) {
  const vulkan::Memory memory(context.device(), input.bytes(), vulkan::MemoryKind::kUpload);
  const vulkan::Buffer source(context.device(), memory, input.bytes());
  REQUIRE(values.size() * sizeof(float) >= source.bytes());
  std::memcpy(source.mapped().data(), values.data(), source.bytes());
  vulkan::CommandRecorder recorder(context.device());
  recorder.copy(source, input, source.bytes());
  const vulkan::Recording recording = recorder.finish();
  context.device().submit(recording).wait();
}

/// MeasuredChoices as the tuner might make them: VkFFT wherever it is a candidate, so that it has
/// plans to cache, else the rule's. Tuning itself takes minutes on a software driver.
kernels::MeasuredChoices choices_of(const plan::Plan& plan) {
  const std::string vkfft(graph::name_of(graph::SpectralForm::kVkfft));
  kernels::MeasuredChoices choices;
  for (const plan::Step& step : plan.steps) {
    if (step.choices.kernel) choices.kernels.set(*step.choices.kernel, 0);
    if (!step.choices.algorithm) continue;
    const std::vector<std::string>& algorithms = step.choices.algorithm->candidates;
    const auto found = std::ranges::find(algorithms, vkfft);
    choices.algorithms.set(
        *step.choices.algorithm,
        found == algorithms.end() ? 0 : static_cast<std::size_t>(found - algorithms.begin()));
  }
  return choices;
}

Start start(const fs::path& directory) {
  const NpyArray input = read_npy(test::reference_file(kModel + ".input.npy"));
  const NpyArray expected = read_npy(test::reference_file(kModel + ".logits.npy"));
  Start result;
  std::vector<float> logits;
  std::shared_ptr<vulkan::Instance> instance;
  {
    const test::CapturedStderr captured;
    {
      tuning::TunedDevice context(test::wanted_device(), test::wants_validation(), directory);
      instance = context.instance();
      result.pipelines_loaded = context.pipeline_cache().loaded();
      result.choices_loaded = !context.choices().empty();
      const Model model = Model::load(test::reference_file(kModel + ".pth"));
      compiler::Network network(context, model, {});
      if (context.choices().empty()) context.remember(choices_of(network.plan(1)));
      const runtime::BatchPipeline& pipeline = network.for_batch(1);
      write_input(context, input.values, pipeline.input());
      for (vulkan::Submission& submission : pipeline.submit()) submission.wait();
      logits = pipeline.output(0);
      result.ffts = pipeline.fft_use();
    }
    result.log = captured.text();
  }
  const std::vector<double> wanted =
      test::widen({expected.values.begin(),
                   expected.values.begin() + static_cast<std::ptrdiff_t>(logits.size())});
  CHECK(test::relative_error(logits, wanted) <=
        test::network_bound(Model::load(test::reference_file(kModel + ".pth"))));
  for (const std::string& message : instance->validation_messages()) FAIL_CHECK(message);
  return result;
}

std::vector<fs::path> files_in(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory)) files.push_back(entry.path());
  return files;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

TEST_CASE("caches: used when valid, rebuilt when damaged or foreign") {
  const test::TemporaryDirectory directory;
  const Start first = start(directory.path());
  CHECK(first.is_cold());
  CHECK(first.log.empty());
  const std::vector<fs::path> files = files_in(directory.path());
  for (const std::string kind : {"pipelines-", "fft-", "choices-"}) {
    CAPTURE(kind);
    CHECK(std::ranges::any_of(
        files, [&](const fs::path& file) { return file.filename().string().starts_with(kind); }));
  }
  const Start second = start(directory.path());
  CHECK(second.is_warm());
  CHECK(second.log.empty());

  struct Damage {
    std::string name;
    std::function<std::string(const fs::path& file, const std::string& good)> make;
  };
  const std::vector<Damage> damages{
      {"truncated",
       [](const fs::path&, const std::string& good) { return good.substr(0, good.size() / 2); }},
      {"a changed byte",
       [](const fs::path&, std::string bad) {
         bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 4);
         return bad;
       }},
      {"empty", [](const fs::path&, const std::string&) { return std::string(); }},
      {"another device's",
       [](const fs::path& file, const std::string& good) {
         const std::vector<std::uint8_t> content(good.begin(), good.end());
         REQUIRE(write_cache_file(file, "another device's key", content));
         return read(file);
       }},
      {"another cache's", [&](const fs::path& file, const std::string&) {
         // A valid file of this device, but of another cache.
         for (const fs::path& other : files) {
           if (other.filename().string()[0] != file.filename().string()[0]) return read(other);
         }
         return std::string();
       }}};
  for (const Damage& damage : damages) {
    CAPTURE(damage.name);
    std::vector<std::string> bad;
    for (const fs::path& file : files) bad.push_back(damage.make(file, read(file)));
    for (std::size_t i = 0; i < files.size(); ++i) write(files[i], bad[i]);
    const Start rebuilding = start(directory.path());
    CHECK(rebuilding.is_cold());
    for (const fs::path& file : files) {
      CAPTURE(file);
      CHECK(rebuilding.log.find(file.string() + ": ") != std::string::npos);
    }
    const Start after = start(directory.path());
    CHECK(after.is_warm());
    CHECK(after.log.empty());
  }
}

TEST_CASE("caches: the engine runs without them if they cannot be written and warns once") {
  const test::TemporaryDirectory directory;
  write(directory.path(), "a file where the directory should be");
  const Start unwritable = start(directory.path());
  CHECK(unwritable.is_cold());
  const std::string warning = ": cannot be written: Not a directory";
  const std::size_t at = unwritable.log.find(warning);
  REQUIRE(at != std::string::npos);
  CHECK(unwritable.log.substr(0, at).find(directory.path().string()) != std::string::npos);
  CHECK(unwritable.log.find("cannot be written", at + warning.size()) == std::string::npos);
  CHECK(read(directory.path()) == "a file where the directory should be");
}
