#pragma once

namespace gfnet::system {

/// While a ScopedCLocale exists, the thread that made it has the locale "C", so that numbers are
/// formatted as "0.5", not "0,5". VkFFT needs this locale, because VkFFT prints numbers into shader
/// source. Has no effect if kWorks is false.
class ScopedCLocale {
 public:
  /// Whether each thread can have a locale of its own on this platform.
  static const bool kWorks;

  ScopedCLocale();
  ~ScopedCLocale();
  ScopedCLocale(const ScopedCLocale&) = delete;
  ScopedCLocale& operator=(const ScopedCLocale&) = delete;

 private:
  void* locale_ = nullptr;
  void* previous_ = nullptr;
};

}  // namespace gfnet::system
