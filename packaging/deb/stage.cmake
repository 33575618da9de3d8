# What Debian's packages hold beside what `cmake --install` writes. CPack runs this script after it has installed each component
# into a folder of its own, and before it packs the folders.
cmake_minimum_required(VERSION 3.22)

set(here ${CMAKE_CURRENT_LIST_DIR})
set(permissions OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY})

function(compress file)
  execute_process(COMMAND gzip -9 -n ${file} COMMAND_ERROR_IS_FATAL ANY)
  file(CHMOD ${file}.gz PERMISSIONS ${permissions})
endfunction()

# The libraries whose code is compiled or linked into a component: their notices go with it (CREDITS.md).
set(library_notices glslang-dev libfmt-dev libspirv-cross-c-shared-dev libstb-dev libvkfft-dev libvulkan-dev
                    nlohmann-json3-dev spirv-tools)
set(development_notices ${library_notices})
set(command_notices libcli11-dev libfmt-dev libimgui-dev libvulkan-dev libvulkan-volk-dev nlohmann-json3-dev)
set(model_notices "")

string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)  # of SOURCE_DATE_EPOCH, where it is set
foreach(component IN ITEMS command library development model)
  string(TOUPPER ${component} upper)
  set(package ${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
  set(documents ${root}/${component}/usr/share/doc/${package})
  file(COPY ${here}/copyright DESTINATION ${documents} FILE_PERMISSIONS ${permissions})
  foreach(notice IN LISTS ${component}_notices)
    file(COPY /usr/share/doc/${notice}/copyright DESTINATION ${documents}/third-party FOLLOW_SYMLINK_CHAIN
         FILE_PERMISSIONS ${permissions})
    file(RENAME ${documents}/third-party/copyright ${documents}/third-party/${notice})
  endforeach()
  file(WRITE ${documents}/changelog.Debian
"gfnet (${CPACK_GFNET_VERSION}) unstable; urgency=medium

  * Made from the sources of gfnet. Their changes are in the changelog of the
    package gfnet.

 -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${date}
")
  compress(${documents}/changelog.Debian)
  if(EXISTS ${here}/lintian/${package})
    file(COPY ${here}/lintian/${package} DESTINATION ${root}/${component}/usr/share/lintian/overrides
         FILE_PERMISSIONS ${permissions})
  endif()
endforeach()

# `copyright` has the licences, and Debian knows the changelog by another name.
set(documents ${root}/command/usr/share/doc/gfnet)
file(REMOVE_RECURSE ${documents}/LICENSE ${documents}/LICENSES)
file(RENAME ${documents}/CHANGELOG.md ${documents}/changelog)
compress(${documents}/changelog)

# gfnet-live is the same command, and takes the same options.
set(manual ${root}/command/usr/share/man/man1)
if(EXISTS ${manual}/gfnet.1)
  compress(${manual}/gfnet.1)
  file(CREATE_LINK gfnet.1.gz ${manual}/gfnet-live.1.gz SYMBOLIC)
endif()
