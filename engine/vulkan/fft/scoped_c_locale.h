#pragma once

namespace gfnet::vulkan {

/// Sets this thread's locale to "C" during its lifetime, so that numbers are formatted as "0.5",
/// not "0,5". VkFFT needs this, because it prints numbers into shader source. Has no effect if
/// kWorks is false.
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
