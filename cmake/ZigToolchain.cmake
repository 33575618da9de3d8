# Compiles for any Linux with glibc 2.17 or newer (manylinux2014) with the clang and libc++ of PyPI's package ziglang. The
# standard library becomes part of what is linked. GFNET_ZIG: a folder of scripts with the names below (scripts/zig.sh writes
# them). GFNET_ZIG_PREFIX: where the libraries are that are linked statically; nothing else of the system is found.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES GFNET_ZIG GFNET_ZIG_PREFIX)
set(CMAKE_C_COMPILER ${GFNET_ZIG}/cc)
set(CMAKE_CXX_COMPILER ${GFNET_ZIG}/c++)
set(CMAKE_AR ${GFNET_ZIG}/ar CACHE FILEPATH "")
set(CMAKE_RANLIB ${GFNET_ZIG}/ranlib CACHE FILEPATH "")
set(CMAKE_PREFIX_PATH ${GFNET_ZIG_PREFIX})
set(CMAKE_FIND_USE_CMAKE_SYSTEM_PATH OFF)
set(CMAKE_DISABLE_FIND_PACKAGE_PkgConfig ON)
set(CMAKE_DISABLE_FIND_PACKAGE_OpenSSL ON)  # some versions of its module end where PkgConfig is not
