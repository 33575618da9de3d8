#include "vulkan/pipelines/compile_ahead.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/parallel.h"
#include "gfnet/error.h"
#include "vulkan/commands/command_recorder.h"
#include "vulkan/memory/memory.h"
#include "vulkan/pipelines/pipeline_cache.h"

namespace gfnet::vulkan {
namespace {

/// Bytes of the buffer that stands for all buffers of a kernel. The kernels run no workgroups, so
/// nothing reads it.
constexpr std::uint64_t kBufferBytes = 4096;

std::string text_of(const CompileAhead::Kernel& kernel) {
  std::string text = kernel.first;
  for (const std::uint32_t value : kernel.second.values()) text += fmt::format(" {}", value);
  return text;
}

/// A logical device that compiles kernels.
class Compiler {
 public:
  explicit Compiler(const Device& like)
      : device_(like.instance(), like.info()),
        cache_(device_, {}),
        memory_(device_, kBufferBytes, MemoryKind::kDeviceLocal),
        buffer_(device_, memory_, kBufferBytes) {}

  void compile(const CompileAhead::Kernel& kernel) {
    const Pipeline pipeline(device_, cache_, kernel.first, kernel.second);
    CommandRecorder recorder(device_);
    recorder.dispatch_nothing(pipeline, buffer_);
    const Recording recording = recorder.finish();
    device_.submit(recording).wait();
  }

 private:
  Device device_;
  PipelineCache cache_;
  Memory memory_;
  Buffer buffer_;
};

}  // namespace

CompileAhead::CompileAhead(const Device& device, const std::filesystem::path& directory)
    : device_(device),
      file_(device.info(), directory, "compiled"),
      is_needed_(device.info().driver == "llvmpipe" && !device.is_adopted() &&
                 !file_.path().empty()) {
  if (!is_needed_) return;
  const std::string text = file_.read().value_or("");
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    compiled_.insert(text.substr(start, end - start));
    start = end + 1;
  }
}

void CompileAhead::compile(std::span<const Kernel> kernels) {
  if (!is_needed_) return;
  std::vector<const Kernel*> missing;
  for (const Kernel& kernel : kernels) {
    if (compiled_.insert(text_of(kernel)).second) missing.push_back(&kernel);
  }
  if (missing.empty()) return;

  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t devices = std::min(cores, missing.size());
  log(LogLevel::kInfo, fmt::format("{} compiles {} kernels on {} cores", device_.info().name,
                                   missing.size(), devices));
  // Each device takes the next kernel that none has taken: they take from 0.01 to 2 seconds.
  std::atomic<std::size_t> next = 0;
  if (devices > 1) {
    run_in_parallel(devices, [&](std::size_t) {
      try {
        Compiler compiler(device_);
        for (std::size_t i = next++; i < missing.size(); i = next++) compiler.compile(*missing[i]);
      } catch (const Error& error) {
        log(LogLevel::kInfo, fmt::format("kernels are compiled when they run: {}", error.what()));
      }
    });
  }
  file_.write(fmt::format("{}\n", fmt::join(compiled_, "\n")));
}

}  // namespace gfnet::vulkan
