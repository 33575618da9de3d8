# A room is a directory with one job. It is an object library whose sources can include the headers of
# the rooms that it names, of the rooms that those name, and no others: an include against the rules does
# not compile.
#
#   gfnet_room(checkpoint SOURCES checkpoint.cpp labels.cpp ROOMS base LIBRARIES ZLIB::ZLIB)
#   gfnet_room(job OF command SOURCES labeller.cpp ROOMS inputs terminal)
#
# OF: the program that the room belongs to; without it, the room is one of the engine's, and its objects
# become part of libgfnet. ROOMS: the rooms of the same program that it may include. LIBRARIES: the
# third-party libraries that only this room includes. HEADERS: folders outside of the room with headers of
# its own, which rooms above it may include too. The rooms of a program may include engine/system as well.
#
# Headers are included as "ROOM/header.h". So that each room is found by itself, its include folder is a
# folder of the build tree that holds a link to the room and nothing else.
function(gfnet_room name)
  cmake_parse_arguments(PARSE_ARGV 1 ROOM "" "OF" "SOURCES;ROOMS;LIBRARIES;HEADERS")
  if(NOT ROOM_OF)
    set(ROOM_OF engine)
  endif()
  set(target gfnet_${name})
  if(NOT ROOM_OF STREQUAL "engine")
    set(target gfnet_${ROOM_OF}_${name})
  endif()

  set(folder ${PROJECT_BINARY_DIR}/rooms/${ROOM_OF}/${name})
  file(MAKE_DIRECTORY ${folder})
  file(REMOVE ${folder}/${name})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${folder}/${name} SYMBOLIC RESULT failure)
  if(failure)
    message(STATUS "No link to room ${name} (${failure}): includes are checked by a test only")
    cmake_path(GET CMAKE_CURRENT_SOURCE_DIR PARENT_PATH folder)
  endif()

  set(rooms ${ROOM_ROOMS})
  set(folders ${folder} ${ROOM_HEADERS})
  if(NOT ROOM_OF STREQUAL "engine")
    get_property(headers GLOBAL PROPERTY GFNET_engine_FOLDERS_system)
    list(APPEND folders ${headers})
  endif()
  foreach(room IN LISTS ROOM_ROOMS)
    get_property(below GLOBAL PROPERTY GFNET_${ROOM_OF}_BELOW_${room})
    get_property(headers GLOBAL PROPERTY GFNET_${ROOM_OF}_FOLDERS_${room})
    list(APPEND rooms ${below})
    list(APPEND folders ${headers})
  endforeach()
  list(REMOVE_DUPLICATES rooms)
  list(REMOVE_DUPLICATES folders)
  set_property(GLOBAL APPEND PROPERTY GFNET_${ROOM_OF}_ROOMS ${name})
  set_property(GLOBAL PROPERTY GFNET_${ROOM_OF}_BELOW_${name} ${rooms})
  set_property(GLOBAL PROPERTY GFNET_${ROOM_OF}_FOLDERS_${name} ${folders})
  set_property(GLOBAL APPEND PROPERTY GFNET_${ROOM_OF}_LIBRARIES ${ROOM_LIBRARIES})

  add_library(${target} OBJECT ${ROOM_SOURCES})
  target_include_directories(${target} PRIVATE ${folders} ${PROJECT_SOURCE_DIR}/engine/include)
  target_link_libraries(${target} PRIVATE gfnet_compiler_options ${ROOM_LIBRARIES})
  if(ROOM_OF STREQUAL "engine")
    target_compile_definitions(${target} PRIVATE GFNET_BUILDING)
  endif()
endfunction()

# An interface library with the objects of all rooms of a program, what they link to, and their include
# folders: for the program itself and for its tests.
function(gfnet_join_rooms program target)
  get_property(rooms GLOBAL PROPERTY GFNET_${program}_ROOMS)
  get_property(libraries GLOBAL PROPERTY GFNET_${program}_LIBRARIES)
  list(REMOVE_DUPLICATES libraries)
  add_library(${target} INTERFACE)
  target_link_libraries(${target} INTERFACE ${libraries} gfnet_program_system)
  foreach(room IN LISTS rooms)
    get_property(folders GLOBAL PROPERTY GFNET_${program}_FOLDERS_${room})
    target_sources(${target} INTERFACE $<TARGET_OBJECTS:gfnet_${program}_${room}>)
    target_include_directories(${target} INTERFACE ${folders})
  endforeach()
endfunction()
