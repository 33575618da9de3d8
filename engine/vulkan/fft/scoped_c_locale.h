#pragma once

namespace gfnet::vulkan {

/// Sets this thread's locale to "C" during its lifetime, so that numbers are formatted as "0.5",
/// not "0,5". Needed for VkFFT, which prints shader source. Has no effect unless kWorks.
class ScopedCLocale {
 public:
  /// Whether threads have their own locale on this platform.
  static const bool kWorks;

  ScopedCLocale();
  ~ScopedCLocale();
  ScopedCLocale(const ScopedCLocale&) = delete;
  ScopedCLocale& operator=(const ScopedCLocale&) = delete;

 private:
  void* locale_ = nullptr;
  void* previous_ = nullptr;
};

}  // namespace gfnet::vulkan
