# Compiles for Windows on x86-64 with mingw-w64's GCC, whose threads are those of POSIX. GFNET_MINGW_PREFIX: where the libraries
# are that are linked statically (packaging/windows/package builds them); nothing of this system is found.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES GFNET_MINGW_PREFIX)
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
set(CMAKE_FIND_ROOT_PATH ${GFNET_MINGW_PREFIX} /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
# It would find the libraries of this system.
set(CMAKE_DISABLE_FIND_PACKAGE_PkgConfig ON)
