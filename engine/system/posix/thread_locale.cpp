#include "system/thread_locale.h"

#include <locale.h>
#if __has_include(<xlocale.h>)  // Apple's
#include <xlocale.h>
#endif

namespace gfnet::system {
namespace {

/// nullptr, which keeps the thread's present locale, if the system has none with UTF-8.
locale_t utf8_locale() {
  static const locale_t utf8 = [] {
    const locale_t plain = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return plain != nullptr ? plain : ::newlocale(LC_CTYPE_MASK, "en_US.UTF-8", nullptr);
  }();
  return utf8;
}

}  // namespace

const bool ScopedCLocale::kWorks = true;

ScopedCLocale::ScopedCLocale() : locale_(::newlocale(LC_ALL_MASK, "C", nullptr)) {
  if (locale_ != nullptr) previous_ = ::uselocale(static_cast<locale_t>(locale_));
}

ScopedCLocale::~ScopedCLocale() {
  if (locale_ == nullptr) return;
  ::uselocale(static_cast<locale_t>(previous_));
  ::freelocale(static_cast<locale_t>(locale_));
}

ScopedUtf8Locale::ScopedUtf8Locale() : previous_(::uselocale(utf8_locale())) {}

ScopedUtf8Locale::~ScopedUtf8Locale() { ::uselocale(static_cast<locale_t>(previous_)); }

}  // namespace gfnet::system
