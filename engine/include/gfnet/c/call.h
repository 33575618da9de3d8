#pragma once

#include "gfnet/c/visibility.h"

/// What the declarations of the C interface have in common. GFNET_C_BEGIN and GFNET_C_END enclose
/// them, GFNET_NOEXCEPT says to C++ that they throw nothing, and GFNET_MUST_USE says to the
/// compiler that a result must not be ignored.
#ifdef __cplusplus
#define GFNET_C_BEGIN extern "C" {
#define GFNET_C_END }
#define GFNET_NOEXCEPT noexcept
#else
#define GFNET_C_BEGIN
#define GFNET_C_END
#define GFNET_NOEXCEPT
#endif

#if defined(__GNUC__)
#define GFNET_MUST_USE __attribute__((warn_unused_result))
#else
#define GFNET_MUST_USE
#endif
