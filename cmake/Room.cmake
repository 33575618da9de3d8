# A room is a directory of the engine with one job. It is an object library whose dependencies are the
# rooms that it may include. The objects of all rooms make up libgfnet.
#
#   gfnet_room(weights SOURCES checkpoint.cpp labels.cpp ROOMS base LIBRARIES ZLIB::ZLIB)
#
# ROOMS: the rooms that it may include. LIBRARIES: the third-party libraries that only this room
# includes. tests/architecture checks that sources include only the declared rooms.
function(gfnet_room name)
  cmake_parse_arguments(PARSE_ARGV 1 ROOM "" "" "SOURCES;ROOMS;LIBRARIES")
  set(target gfnet_${name})
  add_library(${target} OBJECT ${ROOM_SOURCES})
  target_include_directories(${target} PRIVATE
    ${PROJECT_SOURCE_DIR}/engine ${PROJECT_SOURCE_DIR}/engine/include ${PROJECT_SOURCE_DIR}/shaders)
  target_link_libraries(${target} PRIVATE gfnet_compiler_options ${ROOM_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY GFNET_ROOMS ${name})
  set_property(GLOBAL PROPERTY GFNET_ROOMS_OF_${name} "${ROOM_ROOMS}")
  set_property(GLOBAL APPEND PROPERTY GFNET_LIBRARIES ${ROOM_LIBRARIES})
endfunction()
