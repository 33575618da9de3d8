#pragma once

/// GFNET_API marks what the shared library exports: the classes and functions of the public
/// headers. Everything else is hidden. Programs that link the static library must define
/// GFNET_STATIC; if a program uses the CMake or pkg-config package, the package defines it.
/// GFNET_BUILDING is defined while the library is compiled. GFNET_HIDDEN marks a part of an
/// exported class that is not exported; in the static library, nothing is exported anyway.
/// This header is C as well as C++.
#if defined(GFNET_STATIC)
#define GFNET_API
#elif defined(_WIN32)
#ifdef GFNET_BUILDING
#define GFNET_API __declspec(dllexport)
#else
#define GFNET_API __declspec(dllimport)
#endif
#else
#define GFNET_API __attribute__((visibility("default")))
#endif

#if defined(GFNET_STATIC) || defined(_WIN32)
#define GFNET_HIDDEN
#else
#define GFNET_HIDDEN __attribute__((visibility("hidden")))
#endif
