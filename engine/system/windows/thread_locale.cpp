#include "system/thread_locale.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

namespace gfnet::system {
namespace {

/// Gives this thread a locale of its own. Returns its previous one, which give_back() takes, or
/// nullptr if that fails.
char* take(int category, const char* name) {
  ::_configthreadlocale(_ENABLE_PER_THREAD_LOCALE);
  char* const before = ::_strdup(::setlocale(category, nullptr));
  if (::setlocale(category, name) != nullptr) return before;
  ::free(before);
  return nullptr;
}

void give_back(int category, void* before) {
  if (before == nullptr) return;
  ::setlocale(category, static_cast<char*>(before));
  ::free(before);
  ::_configthreadlocale(_DISABLE_PER_THREAD_LOCALE);
}

}  // namespace

const bool ScopedCLocale::kWorks = ::_configthreadlocale(0) != -1;

ScopedCLocale::ScopedCLocale() : previous_(kWorks ? take(LC_ALL, "C") : nullptr) {}

ScopedCLocale::~ScopedCLocale() { give_back(LC_ALL, previous_); }

ScopedUtf8Locale::ScopedUtf8Locale()
    : previous_(ScopedCLocale::kWorks ? take(LC_CTYPE, ".UTF-8") : nullptr) {}

ScopedUtf8Locale::~ScopedUtf8Locale() { give_back(LC_CTYPE, previous_); }

}  // namespace gfnet::system
