# Compiles for macOS with zig's clang and libc++, as cmake/ZigToolchain.cmake does for Linux. GFNET_DARWIN_PROCESSOR: arm64 or
# x86_64. zig brings the system's headers and the names in libSystem, so no SDK is needed.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES GFNET_DARWIN_PROCESSOR)
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR ${GFNET_DARWIN_PROCESSOR})
include(${CMAKE_CURRENT_LIST_DIR}/ZigToolchain.cmake)
set(CMAKE_USER_MAKE_RULES_OVERRIDE ${CMAKE_CURRENT_LIST_DIR}/DarwinRules.cmake)
# Without install_name_tool, an installation cannot change what the linker wrote.
set(CMAKE_INSTALL_NAME_DIR @rpath)
set(CMAKE_BUILD_WITH_INSTALL_NAME_DIR ON)
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
