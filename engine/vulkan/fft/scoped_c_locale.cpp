#include "vulkan/fft/scoped_c_locale.h"

#ifndef _WIN32
#include <locale.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif
#endif

namespace gfnet::vulkan {

#ifdef _WIN32

const bool ScopedCLocale::kWorks = false;
ScopedCLocale::ScopedCLocale() = default;
ScopedCLocale::~ScopedCLocale() = default;

#else

const bool ScopedCLocale::kWorks = true;

ScopedCLocale::ScopedCLocale() : locale_(newlocale(LC_ALL_MASK, "C", nullptr)) {
  if (locale_ != nullptr) previous_ = uselocale(static_cast<locale_t>(locale_));
}

ScopedCLocale::~ScopedCLocale() {
  if (locale_ == nullptr) return;
  uselocale(static_cast<locale_t>(previous_));
  freelocale(static_cast<locale_t>(locale_));
}

#endif

}  // namespace gfnet::vulkan
