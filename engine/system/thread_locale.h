#pragma once

namespace gfnet::system {

// Locales of single threads. Each has its effect on the thread that made it, while it exists.

/// The locale "C", in which numbers are formatted as "0.5", not "0,5". Has no effect if kWorks is
/// false.
class ScopedCLocale {
 public:
  /// Whether each thread can have a locale of its own on this system.
  static const bool kWorks;

  ScopedCLocale();
  ~ScopedCLocale();
  ScopedCLocale(const ScopedCLocale&) = delete;
  ScopedCLocale& operator=(const ScopedCLocale&) = delete;

 private:
  void* locale_ = nullptr;
  void* previous_ = nullptr;
};

/// A locale with UTF-8, in which C libraries convert names. Without effect if the system has none.
class ScopedUtf8Locale {
 public:
  ScopedUtf8Locale();
  ~ScopedUtf8Locale();
  ScopedUtf8Locale(const ScopedUtf8Locale&) = delete;
  ScopedUtf8Locale& operator=(const ScopedUtf8Locale&) = delete;

 private:
  void* previous_ = nullptr;
};

}  // namespace gfnet::system
