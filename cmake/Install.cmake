# `cmake --install build/release --prefix P` installs the command, the library with its headers, the
# bundled model and a CMake package. Another project then uses
#   find_package(gfnet REQUIRED)
#   target_link_libraries(app PRIVATE gfnet::gfnet)
include(CMakePackageConfigHelpers)

set(GFNET_INSTALL_CMAKE ${CMAKE_INSTALL_LIBDIR}/cmake/gfnet)

install(TARGETS gfnet EXPORT gfnetTargets)
file(RELATIVE_PATH library_from_command ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
foreach(command IN ITEMS gfnet_command gfnet_live_command)
  if(TARGET ${command})  # installed by its own room
    set_target_properties(${command} PROPERTIES INSTALL_RPATH "$ORIGIN/${library_from_command}")
  endif()
endforeach()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/engine/include/gfnet
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT gfnetTargets NAMESPACE gfnet:: DESTINATION ${GFNET_INSTALL_CMAKE})

configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/gfnetConfig.cmake.in ${PROJECT_BINARY_DIR}/gfnetConfig.cmake
  INSTALL_DESTINATION ${GFNET_INSTALL_CMAKE} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/gfnetConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/gfnetConfig.cmake
              ${PROJECT_BINARY_DIR}/gfnetConfigVersion.cmake
        DESTINATION ${GFNET_INSTALL_CMAKE})
if(NOT BUILD_SHARED_LIBS)
  # Users of the static library also link its dependencies, found as this project finds them.
  install(FILES ${CMAKE_CURRENT_LIST_DIR}/Dependencies.cmake
          DESTINATION ${GFNET_INSTALL_CMAKE} RENAME gfnetDependencies.cmake)
endif()

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
