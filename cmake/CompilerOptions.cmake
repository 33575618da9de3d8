# Defines gfnet_compiler_options, an interface target with the warnings; every room links it. Also
# turns the sanitizers on.
add_library(gfnet_compiler_options INTERFACE)

if(MSVC)
  target_compile_options(gfnet_compiler_options INTERFACE /W4 $<$<BOOL:${GFNET_WERROR}>:/WX>)
else()
  target_compile_options(gfnet_compiler_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor $<$<BOOL:${GFNET_WERROR}>:-Werror>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 to 14 report both for correct uses of std::string and std::vector: "literal" + std::string
    # where headers are precompiled (12), and insertions into small vectors (14).
    target_compile_options(gfnet_compiler_options INTERFACE -Wno-stringop-overflow -Wno-array-bounds)
    if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      # GCC 12 takes "literal" + std::string for an overlapping copy (GCC bug 105651).
      target_compile_options(gfnet_compiler_options INTERFACE -Wno-restrict)
    endif()
  endif()
endif()

if(GFNET_FUZZ AND NOT DEFINED ENV{LIB_FUZZING_ENGINE})  # OSS-Fuzz gives the flags itself
  set(GFNET_SANITIZE ON)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(GFNET_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
