#pragma once

namespace gfnet::vulkan {

/// Makes this thread format numbers as C does ("0.5", not "0,5") while it lives. For VkFFT, which
/// prints shader source. Does nothing where threads have no locale of their own; see kWorks.
class ScopedCLocale {
 public:
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
