#pragma once

#if !defined(_MSVC_LANG) && __cplusplus <= 201703L
#error "the C++ headers of gfnet need C++20: compile with -std=c++20"
#endif

#include "gfnet/c/visibility.h"
