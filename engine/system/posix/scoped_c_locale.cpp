#include "system/scoped_c_locale.h"

#include <locale.h>
#if __has_include(<xlocale.h>)  // Apple's
#include <xlocale.h>
#endif

namespace gfnet::system {

const bool ScopedCLocale::kWorks = true;

ScopedCLocale::ScopedCLocale() : locale_(newlocale(LC_ALL_MASK, "C", nullptr)) {
  if (locale_ != nullptr) previous_ = uselocale(static_cast<locale_t>(locale_));
}

ScopedCLocale::~ScopedCLocale() {
  if (locale_ == nullptr) return;
  uselocale(static_cast<locale_t>(previous_));
  freelocale(static_cast<locale_t>(locale_));
}

}  // namespace gfnet::system
