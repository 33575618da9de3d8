# Tests, registered so that ctest knows every test case by its room. They need no file from outside the
# repository: reference checkpoints are in tests/data/reference, photographs in weights/photos.
#
#   gfnet_test(NAME SOURCES a.cpp … [LABELS …] [PER_DEVICE] [FIXTURES …] [TIMEOUT seconds])
#     builds test_NAME from the sources and tests/main.cpp; every TEST_CASE in it becomes the ctest
#     test "ROOM/NAME: CASE", where ROOM is the directory under tests/, which is a label as well.
#     It may include any header of the engine, and tests/support. It links the static library, in which
#     hidden functions can be called too.
#   gfnet_c_test(NAME SOURCES a.c … [LABELS …] [PER_DEVICE] [FIXTURES …] [TIMEOUT seconds])
#     builds test_NAME, a program in C11 that lists and runs its cases with doctest's options (tests/c/harness.h), and
#     registers them as gfnet_test does. It sees the public headers, and links the shared library.
#   gfnet_python_test(NAME SCRIPT [ARGUMENT…] [LABELS …] [PER_DEVICE] [FIXTURES …] [SETS_UP fixture]
#                     [TIMEOUT seconds])
#     is one ctest test, "ROOM/NAME"; scripts/count-tests counts the cases that unittest ran in it.
#   gfnet_test_layer(NAME SOURCE [LIBRARY…]) builds the Vulkan layer VK_LAYER_GFNET_NAME for tests; its
#     library and its description are in GFNET_TEST_LAYERS.
#   FIXTURES: what ctest sets up before the test. The only fixture is "photos"; tests/data sets it up.
#
# Every test finds in its environment
#   GFNET_COMMAND   the gfnet command
#   GFNET_TEST_PHOTOS   the folder that the fixture "photos" writes: see tests/data/make_photos.py
#   GFNET_CACHE     a cache of the build's own, so that a user's is neither used nor changed
#   MESA_SHADER_CACHE_DIR   the same for Mesa's drivers, shared by tests with another GFNET_CACHE: compiling is slow
#   GFNET_DEVICE    part of the name of the Vulkan device to use; the loader finds no other driver
#   GFNET_TEST_DRIVERS  driver files of all software drivers on this machine, separated by colons
# PER_DEVICE runs the test on every driver of GFNET_TEST_DEVICES, with the driver's name added to the
# test's and "device" to its labels; others run on the first. A test that exits with 77 was skipped.

set(GFNET_TEST_DEVICES lavapipe swiftshader CACHE STRING
    "Vulkan drivers to test on: lavapipe, swiftshader, or system for whatever GPU there is")

# --- drivers: gfnet_devices lists those present, gfnet_environment_DRIVER says how to select one -----
file(GLOB gfnet_icd_lavapipe /usr/share/vulkan/icd.d/lvp_icd*.json
     /usr/local/share/vulkan/icd.d/lvp_icd*.json /etc/vulkan/icd.d/lvp_icd*.json)
file(GLOB gfnet_icd_swiftshader ${PROJECT_SOURCE_DIR}/build/swiftshader/vk_swiftshader_icd.json)
set(gfnet_name_lavapipe llvmpipe)
set(gfnet_name_swiftshader SwiftShader)

set(gfnet_devices "")
set(gfnet_driver_files "")
set(gfnet_mesa_cache ${PROJECT_BINARY_DIR}/test-cache/mesa)
file(MAKE_DIRECTORY ${gfnet_mesa_cache})
foreach(device IN LISTS GFNET_TEST_DEVICES)
  set(gfnet_environment_${device}
      GFNET_COMMAND=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/gfnet
      GFNET_TEST_PHOTOS=${PROJECT_BINARY_DIR}/test-photos
      GFNET_CACHE=${PROJECT_BINARY_DIR}/test-cache
      MESA_SHADER_CACHE_DIR=${gfnet_mesa_cache})
  if(device STREQUAL "system")
    list(APPEND gfnet_devices system)
  elseif(gfnet_icd_${device})
    list(APPEND gfnet_devices ${device})
    list(GET gfnet_icd_${device} 0 icd)
    list(APPEND gfnet_driver_files ${icd})
    # The second variable is the first one's old name, for loaders before 1.3.207.
    list(APPEND gfnet_environment_${device} GFNET_DEVICE=${gfnet_name_${device}}
         VK_DRIVER_FILES=${icd} VK_ICD_FILENAMES=${icd})
  else()
    add_test(NAME "driver: ${device}" COMMAND ${CMAKE_COMMAND} -E echo
             "${device} is not here, so nothing is tested on it: see scripts/setup --tests")
    set_tests_properties("driver: ${device}" PROPERTIES SKIP_REGULAR_EXPRESSION "is not here")
  endif()
endforeach()
if(NOT gfnet_devices)
  message(FATAL_ERROR "No driver to test on was found: ${GFNET_TEST_DEVICES}")
endif()
list(GET gfnet_devices 0 gfnet_first_device)
list(JOIN gfnet_driver_files ":" gfnet_driver_files)
foreach(device IN LISTS gfnet_devices)
  list(APPEND gfnet_environment_${device} GFNET_TEST_DRIVERS=${gfnet_driver_files})
endforeach()

# doctest's main function, compiled once.
add_library(gfnet_test_main OBJECT ${PROJECT_SOURCE_DIR}/tests/main.cpp)
target_link_libraries(gfnet_test_main PUBLIC doctest::doctest gfnet_compiler_options)
target_include_directories(gfnet_test_main PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_compile_definitions(gfnet_test_main PUBLIC GFNET_REPOSITORY="${PROJECT_SOURCE_DIR}")
# Precompiled once for all test programs: doctest and the standard headers that most of them use. They are
# not compiled in batches, because every test file has helpers of its own with the same short names.
target_precompile_headers(gfnet_test_main PRIVATE
  <doctest/doctest.h> <algorithm> <cmath> <cstring> <filesystem> <fstream> <functional> <map> <memory>
  <optional> <random> <set> <span> <string> <vector>)
# The precompiled headers fit only objects with the same flags as the test programs.
set_target_properties(gfnet_test_main PROPERTIES POSITION_INDEPENDENT_CODE OFF UNITY_BUILD OFF)

# Sets room, title and labels in the caller. tests_ROOM builds those tests of a room that need no device.
macro(gfnet_name_test name)
  file(RELATIVE_PATH room ${PROJECT_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
  string(REGEX REPLACE "/.*" "" room "${room}")
  set(title "${room}/${name}")
  if(room STREQUAL "${name}")
    set(title ${room})
  endif()
  set(labels ${room} ${TEST_LABELS})
  if(TEST_PER_DEVICE)
    list(APPEND labels device)
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 600)
  endif()
  if(NOT TARGET tests_${room})
    add_custom_target(tests_${room})
  endif()
endmacro()

# Registers the cases of a test program, which lists them as doctest does. After gfnet_name_test().
macro(gfnet_register_cases target)
  # The names of the cases are known after the build; RegisterTests.cmake runs inside ctest.
  set(cases ${CMAKE_CURRENT_BINARY_DIR}/${target}_cases.txt)
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND ${target} --list-test-cases --no-intro --out=${cases} BYPRODUCTS ${cases} VERBATIM)
  set(suffixes "")
  set(environments "set([[environment]] [==[${gfnet_environment_${gfnet_first_device}}]==])\n")
  if(TEST_PER_DEVICE)
    foreach(device IN LISTS gfnet_devices)
      list(APPEND suffixes .${device})
      string(APPEND environments
             "set([[environment.${device}]] [==[${gfnet_environment_${device}}]==])\n")
    endforeach()
  endif()
  set(registration ${CMAKE_CURRENT_BINARY_DIR}/${target}.cmake)
  file(GENERATE OUTPUT ${registration} CONTENT
"set(title [==[${title}]==])
set(command [==[${CMAKE_CROSSCOMPILING_EMULATOR};$<TARGET_FILE:${target}>]==])
set(cases [==[${cases}]==])
set(directory [==[${CMAKE_CURRENT_BINARY_DIR}]==])
set(labels [==[${labels}]==])
set(timeout ${TEST_TIMEOUT})
set(fixtures [==[${TEST_FIXTURES}]==])
set(suffixes [==[${suffixes}]==])
${environments}include([==[${PROJECT_SOURCE_DIR}/cmake/RegisterTests.cmake]==])
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${registration})
endmacro()

function(gfnet_test name)
  cmake_parse_arguments(PARSE_ARGV 1 TEST "PER_DEVICE" "TIMEOUT" "SOURCES;LABELS;FIXTURES")
  gfnet_name_test(${name})
  get_property(libraries GLOBAL PROPERTY GFNET_engine_LIBRARIES)
  list(REMOVE_DUPLICATES libraries)

  set(target test_${name})
  add_executable(${target} ${TEST_SOURCES})
  target_include_directories(${target} PRIVATE
    ${PROJECT_SOURCE_DIR}/engine ${PROJECT_SOURCE_DIR}/engine/include ${PROJECT_SOURCE_DIR}/shaders)
  target_link_libraries(${target} PRIVATE gfnet_test_main gfnet_static ${libraries})
  target_precompile_headers(${target} REUSE_FROM gfnet_test_main)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  gfnet_finish_test(${target})
endfunction()

# What all executables with test cases have in common. Reads TEST_… and room of the caller.
function(gfnet_finish_test target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD OFF RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/bin)
  if(NOT TEST_PER_DEVICE)
    add_dependencies(tests_${room} ${target})
  endif()
  gfnet_register_cases(${target})
endfunction()

function(gfnet_c_test name)
  cmake_parse_arguments(PARSE_ARGV 1 TEST "PER_DEVICE" "TIMEOUT" "SOURCES;LABELS;FIXTURES")
  gfnet_name_test(${name})
  find_package(Threads REQUIRED)
  set(target test_${name})
  add_executable(${target} ${TEST_SOURCES})
  target_link_libraries(${target} PRIVATE gfnet_shared Threads::Threads)
  target_compile_definitions(${target} PRIVATE GFNET_REPOSITORY="${PROJECT_SOURCE_DIR}")
  if(NOT MSVC)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Werror)
  endif()
  set_target_properties(${target} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
  gfnet_finish_test(${target})
endfunction()

function(gfnet_python_test name script)
  cmake_parse_arguments(PARSE_ARGV 2 TEST "PER_DEVICE" "TIMEOUT;SETS_UP" "LABELS;FIXTURES")
  gfnet_name_test(${name})
  cmake_path(ABSOLUTE_PATH script BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set(devices ${gfnet_first_device})
  if(TEST_PER_DEVICE)
    set(devices ${gfnet_devices})
  endif()
  foreach(device IN LISTS devices)
    set(test ${title})
    if(TEST_PER_DEVICE)
      string(APPEND test .${device})
    endif()
    add_test(NAME ${test} COMMAND ${GFNET_TEST_PYTHON} -B ${script} ${TEST_UNPARSED_ARGUMENTS})
    set_tests_properties(${test} PROPERTIES
      LABELS "${labels}" TIMEOUT ${TEST_TIMEOUT} SKIP_RETURN_CODE 77
      FIXTURES_REQUIRED "${TEST_FIXTURES}" FIXTURES_SETUP "${TEST_SETS_UP}"
      ENVIRONMENT "${gfnet_environment_${device}};PYTHONPATH=${PROJECT_SOURCE_DIR}/tests")
  endforeach()
endfunction()

set(GFNET_TEST_LAYERS ${PROJECT_BINARY_DIR}/tests/layers)

function(gfnet_test_layer name source)
  set(target ${name}_layer)
  add_library(${target} MODULE ${source})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/engine)
  target_link_libraries(${target} PRIVATE gfnet_compiler_options Vulkan::Headers ${ARGN})
  set_target_properties(${target} PROPERTIES CXX_VISIBILITY_PRESET hidden UNITY_BUILD OFF
    LIBRARY_OUTPUT_DIRECTORY ${GFNET_TEST_LAYERS})
  if(NOT APPLE)
    # nodelete: a layer counts over all instances of a process.
    target_link_options(${target} PRIVATE LINKER:--exclude-libs,ALL LINKER:-z,nodelete)
  endif()
  file(GENERATE OUTPUT ${GFNET_TEST_LAYERS}/VkLayer_gfnet_${name}.json CONTENT "{
  \"file_format_version\": \"1.1.2\",
  \"layer\": {
    \"name\": \"VK_LAYER_GFNET_${name}\",
    \"type\": \"GLOBAL\",
    \"library_path\": \"$<TARGET_FILE:${target}>\",
    \"api_version\": \"1.3.0\",
    \"implementation_version\": \"1\",
    \"description\": \"Makes a driver ${name}, for tests\"
  }
}
")
endfunction()
