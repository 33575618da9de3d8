# `cmake --install build/release --prefix P` installs the command, both kinds of the library with their
# headers, the bundled model, and packages for CMake and pkg-config. Another project then uses
#   find_package(gfnet REQUIRED)                       the shared library
#   find_package(gfnet REQUIRED COMPONENTS static)     the static library
#   target_link_libraries(app PRIVATE gfnet::gfnet)
# or pkg-config with the package gfnet or gfnet-static.
include(CMakePackageConfigHelpers)
include(PkgConfigFlags)

set(GFNET_INSTALL_CMAKE ${CMAKE_INSTALL_LIBDIR}/cmake/gfnet)

# --- the command --------------------------------------------------------------------------------------
file(RELATIVE_PATH library_from_command ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
foreach(command IN ITEMS gfnet_command gfnet_live_command)
  if(TARGET ${command})  # installed by its own room
    set_target_properties(${command} PROPERTIES INSTALL_RPATH "$ORIGIN/${library_from_command}")
  endif()
endforeach()

# --- the library --------------------------------------------------------------------------------------
# Each kind has an export set of its own: users of the shared library need none of its dependencies.
foreach(kind IN ITEMS static shared)
  set_target_properties(gfnet_${kind} PROPERTIES EXPORT_NAME ${kind})
  install(TARGETS gfnet_${kind} EXPORT gfnet_${kind})
  install(EXPORT gfnet_${kind} FILE gfnet-${kind}.cmake NAMESPACE gfnet:: DESTINATION ${GFNET_INSTALL_CMAKE})
endforeach()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/engine/include/gfnet
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/gfnetConfig.cmake.in ${PROJECT_BINARY_DIR}/gfnetConfig.cmake
  INSTALL_DESTINATION ${GFNET_INSTALL_CMAKE} NO_SET_AND_CHECK_MACRO)
# Before 1.0, a minor version may change the interface.
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(compatibility SameMinorVersion)
else()
  set(compatibility SameMajorVersion)
endif()
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/gfnetConfigVersion.cmake COMPATIBILITY ${compatibility})
# Users of the static library also link its dependencies, found as this project finds them.
install(FILES ${CMAKE_CURRENT_LIST_DIR}/Dependencies.cmake
        DESTINATION ${GFNET_INSTALL_CMAKE} RENAME gfnetDependencies.cmake)
install(FILES ${PROJECT_BINARY_DIR}/gfnetConfig.cmake ${PROJECT_BINARY_DIR}/gfnetConfigVersion.cmake
        DESTINATION ${GFNET_INSTALL_CMAKE})

# The paths are relative to the .pc file, so that an installation can be moved.
file(RELATIVE_PATH GFNET_PREFIX_FROM_PC ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
gfnet_link_flags(GFNET_STATIC_LIBRARIES gfnet_static)
# A C compiler does not add the libraries of C++ by itself.
set(runtime ${CMAKE_CXX_IMPLICIT_LINK_LIBRARIES})
list(REMOVE_ITEM runtime ${CMAKE_C_IMPLICIT_LINK_LIBRARIES})
list(TRANSFORM runtime PREPEND "-l")
list(JOIN runtime " " runtime)
string(APPEND GFNET_STATIC_LIBRARIES " ${runtime}")
foreach(package IN ITEMS gfnet gfnet-static)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${package}.pc.in ${PROJECT_BINARY_DIR}/${package}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

# --- data and documents -------------------------------------------------------------------------------
install(DIRECTORY ${PROJECT_SOURCE_DIR}/weights/
        DESTINATION ${CMAKE_INSTALL_DATADIR}/gfnet
        FILES_MATCHING PATTERN "*.safetensors" PATTERN "*.txt" PATTERN "*.tsv" PATTERN "*.json"
        PATTERN "*.md"
        PATTERN "photos" EXCLUDE)
# The licences of libraries that are linked statically must accompany binaries.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CREDITS.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/gfnet)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/LICENSES DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/gfnet)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/gfnet
        FILES_MATCHING PATTERN "*.md" PATTERN "measurements" EXCLUDE PATTERN "images" EXCLUDE)
