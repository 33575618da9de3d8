# The manual page gfnet(1), made from docs/command-line.md with lowdown where that is found, and installed
# to share/man/man1.
if(NOT GFNET_BUILD_APPS)
  return()
endif()
find_program(GFNET_LOWDOWN NAMES lowdown)
mark_as_advanced(GFNET_LOWDOWN)
if(NOT GFNET_LOWDOWN)
  message(STATUS "Manual page: lowdown not found, so there is none (Debian: apt install lowdown)")
  return()
endif()

set(gfnet_man_source ${PROJECT_SOURCE_DIR}/docs/command-line.md)
set(gfnet_man_page ${PROJECT_BINARY_DIR}/gfnet.1)
add_custom_command(
  OUTPUT ${gfnet_man_page}
  COMMAND ${CMAKE_COMMAND} -D LOWDOWN=${GFNET_LOWDOWN} -D SOURCE=${gfnet_man_source}
          -D "RELEASE=gfnet ${PROJECT_VERSION}" -D PAGE=${gfnet_man_page}
          -P ${CMAKE_CURRENT_LIST_DIR}/MakeManPage.cmake
  DEPENDS ${gfnet_man_source} ${CMAKE_CURRENT_LIST_DIR}/MakeManPage.cmake
  COMMENT "Making the manual page"
  VERBATIM)
add_custom_target(gfnet_man ALL DEPENDS ${gfnet_man_page})
install(FILES ${gfnet_man_page} COMPONENT command DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
