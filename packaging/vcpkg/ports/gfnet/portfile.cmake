# An overlay port, which builds the checkout that holds it:
#   vcpkg install gfnet --overlay-ports=packaging/vcpkg/ports
# In a registry, vcpkg_from_github with the hash of a release goes here instead.
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../../.." ABSOLUTE)

vcpkg_check_features(OUT_FEATURE_OPTIONS features FEATURES command GFNET_BUILD_APPS)

# The build always makes both kinds of the library. The one that the triplet asks for stays.
vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    ${features}
    -DGFNET_BUILD_LIVE=OFF
    -DGFNET_BUILD_TESTS=OFF
    -DGFNET_PARQUET=OFF
    -DGFNET_PYTHON=OFF
    "-DGFNET_IMAGE_FORMATS=WebP;TIFF"
    "-DGFNET_SYSTEM_GLSLANG=${CURRENT_HOST_INSTALLED_DIR}/tools/glslang/glslangValidator${VCPKG_HOST_EXECUTABLE_SUFFIX}"
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/gfnet)
vcpkg_fixup_pkgconfig()

if("command" IN_LIST FEATURES)
  vcpkg_copy_tools(TOOL_NAMES gfnet AUTO_CLEAN)
endif()
if(VCPKG_LIBRARY_LINKAGE STREQUAL "static")
  file(GLOB other "${CURRENT_PACKAGES_DIR}/lib/libgfnet*.so*" "${CURRENT_PACKAGES_DIR}/debug/lib/libgfnet*.so*"
                  "${CURRENT_PACKAGES_DIR}/lib/libgfnet*.dylib" "${CURRENT_PACKAGES_DIR}/debug/lib/libgfnet*.dylib")
else()
  set(other "${CURRENT_PACKAGES_DIR}/lib/libgfnet.a" "${CURRENT_PACKAGES_DIR}/debug/lib/libgfnet.a")
endif()
file(REMOVE ${other})
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")

file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE" "${SOURCE_PATH}/CREDITS.md")
