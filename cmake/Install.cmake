# `cmake --install build/release --prefix P` installs the command, both kinds of the library with their
# headers, the bundled model, and packages for CMake and pkg-config. Another project then uses
#   find_package(gfnet REQUIRED)                       the shared library
#   find_package(gfnet REQUIRED COMPONENTS static)     the static library
#   target_link_libraries(app PRIVATE gfnet::gfnet)
# or pkg-config with the package gfnet or gfnet-static.
#
# Everything belongs to a component; cmake/Packages.cmake makes a package of each:
#   command      the command with the live demo, its manual page, completions, desktop file and documents
#   library      the shared library
#   development  headers, the static library, packages for CMake and pkg-config, examples
#   model        the bundled model with its card, and labels
# Another component, python, is what is in a wheel; it is not installed with the others.
include(CMakePackageConfigHelpers)
include(PkgConfigFlags)

set(GFNET_INSTALL_CMAKE ${CMAKE_INSTALL_LIBDIR}/cmake/gfnet)

# --- the command --------------------------------------------------------------------------------------
file(RELATIVE_PATH library_from_command ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
set(own_folder "$ORIGIN")
if(APPLE)
  set(own_folder "@loader_path")
endif()
foreach(command IN ITEMS gfnet_command gfnet_live_command)
  if(TARGET ${command})  # installed by its own room
    set_target_properties(${command} PROPERTIES INSTALL_RPATH "${own_folder}/${library_from_command}")
  endif()
endforeach()

# --- the library --------------------------------------------------------------------------------------
# Each kind has an export set of its own: users of the shared library need none of its dependencies.
foreach(kind IN ITEMS static shared)
  set_target_properties(gfnet_${kind} PROPERTIES EXPORT_NAME ${kind})
  install(TARGETS gfnet_${kind} EXPORT gfnet_${kind}
          RUNTIME COMPONENT library
          LIBRARY COMPONENT library NAMELINK_COMPONENT development
          ARCHIVE COMPONENT development)
  install(EXPORT gfnet_${kind} FILE gfnet-${kind}.cmake NAMESPACE gfnet:: DESTINATION ${GFNET_INSTALL_CMAKE}
          COMPONENT development)
endforeach()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/engine/include/gfnet COMPONENT development
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
install(FILES ${CMAKE_CURRENT_LIST_DIR}/Dependencies.cmake COMPONENT development
        DESTINATION ${GFNET_INSTALL_CMAKE} RENAME gfnetDependencies.cmake)
install(FILES ${PROJECT_BINARY_DIR}/gfnetConfig.cmake ${PROJECT_BINARY_DIR}/gfnetConfigVersion.cmake
        DESTINATION ${GFNET_INSTALL_CMAKE} COMPONENT development)

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
  install(FILES ${PROJECT_BINARY_DIR}/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endforeach()

# --- data and documents -------------------------------------------------------------------------------
install(DIRECTORY ${PROJECT_SOURCE_DIR}/weights/ COMPONENT model
        DESTINATION ${CMAKE_INSTALL_DATADIR}/gfnet
        FILES_MATCHING PATTERN "*.safetensors" PATTERN "*.txt" PATTERN "*.tsv" PATTERN "*.json"
        PATTERN "*.md"
        PATTERN "photos" EXCLUDE)
# The licences of libraries that are linked statically must accompany binaries.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CREDITS.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/gfnet COMPONENT command)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/LICENSES COMPONENT command
        DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/gfnet)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ COMPONENT command
        DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/gfnet
        FILES_MATCHING PATTERN "*.md" PATTERN "measurements" EXCLUDE PATTERN "images" EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/apps/examples COMPONENT development
        DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/gfnet
        FILES_MATCHING PATTERN "*.cpp" PATTERN "*.c" PATTERN "*.rs")

# --- the desktop --------------------------------------------------------------------------------------
if(TARGET gfnet_live_command AND UNIX AND NOT APPLE)
  set(desktop ${PROJECT_SOURCE_DIR}/packaging/desktop)
  install(FILES ${desktop}/gfnet.desktop COMPONENT command DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
  install(FILES ${desktop}/local.gfnet.live.metainfo.xml COMPONENT command DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)
  install(FILES ${desktop}/gfnet.svg COMPONENT command
          DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps)
  install(FILES ${desktop}/gfnet.png COMPONENT command
          DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/256x256/apps)
endif()
