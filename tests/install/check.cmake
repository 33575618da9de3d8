cmake_minimum_required(VERSION 3.22)

function(run)
  list(JOIN ARGV " " command)
  message("$ ${command}")
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# Runs a command and sets `variable` to what it prints to stdout.
function(output_of variable)
  list(JOIN ARGN " " command)
  message("$ ${command}")
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
  message("${output}")
  set(${variable} "${output}" PARENT_SCOPE)
endfunction()

# Runs both programs of a folder on a file each for model and image, and compares what they print.
function(check_programs folder)
  output_of(from_file ${folder}/classify_one ${model} ${photo})
  output_of(own_device ${folder}/own_device ${model} ${photo})
  if(NOT own_device STREQUAL from_file OR own_device STREQUAL "")
    message(FATAL_ERROR "A BGRA frame on an own device gives another result than the file")
  endif()
endfunction()

# Runs the program in C of a folder, and compares what it prints with what the program in C++ printed.
function(check_c_program folder)
  output_of(from_c ${folder}/classify_one_c ${model} ${photo})
  output_of(expected ${SCRATCH}/cmake/shared/classify_one ${model} ${photo})
  if(NOT from_c STREQUAL expected)
    message(FATAL_ERROR "The program in C gives another result than the one in C++")
  endif()
endfunction()

set(prefix ${SCRATCH}/prefix)
file(REMOVE_RECURSE ${prefix} ${SCRATCH}/cmake ${SCRATCH}/pkg-config)
file(GLOB photos ${SOURCE}/weights/photos/*)
list(FILTER photos INCLUDE REGEX "\\.(jpe?g|JPE?G)$")
list(GET photos 0 photo)

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
file(GLOB model ${prefix}/share/gfnet/*.safetensors)
run(${prefix}/bin/gfnet classify ${photo})

foreach(kind IN ITEMS shared static)
  set(consumer ${SCRATCH}/cmake/${kind})
  run(${CMAKE_COMMAND} -S ${SOURCE}/tests/install/consumer -B ${consumer} -G ${GENERATOR}
      -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_BUILD_TYPE=${BUILD_TYPE}
      -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_CXX_FLAGS=${FLAGS}
      -D EXAMPLES=${SOURCE}/apps/examples -D KIND=${kind})
  run(${CMAKE_COMMAND} --build ${consumer})
  check_programs(${consumer})
endforeach()

# A project that knows no C++.
set(consumer ${SCRATCH}/cmake/c)
run(${CMAKE_COMMAND} -S ${SOURCE}/tests/install/c_consumer -B ${consumer} -G ${GENERATOR}
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_BUILD_TYPE=${BUILD_TYPE}
    -D CMAKE_C_COMPILER=${C_COMPILER} -D CMAKE_C_FLAGS=${FLAGS} -D EXAMPLES=${SOURCE}/apps/examples)
run(${CMAKE_COMMAND} --build ${consumer})
check_c_program(${consumer})

run(${CMAKE_COMMAND} -S ${SOURCE}/tests/install/both_kinds -B ${SCRATCH}/cmake/both_kinds -G ${GENERATOR}
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${COMPILER})

find_program(PKG_CONFIG NAMES pkg-config pkgconf)
if(PKG_CONFIG)
  set(ENV{PKG_CONFIG_PATH} ${prefix}/${LIBDIR}/pkgconfig)
  set(ENV{LD_LIBRARY_PATH} ${prefix}/${LIBDIR})
  separate_arguments(flags UNIX_COMMAND "${FLAGS}")
  foreach(package IN ITEMS gfnet gfnet-static)
    set(consumer ${SCRATCH}/pkg-config/${package})
    file(MAKE_DIRECTORY ${consumer})
    foreach(example IN ITEMS classify_one own_device)
      output_of(words ${PKG_CONFIG} --cflags --libs ${package} vulkan)
      separate_arguments(words UNIX_COMMAND "${words}")
      run(${COMPILER} -std=c++20 ${flags} ${SOURCE}/apps/examples/${example}.cpp -o ${consumer}/${example} ${words})
    endforeach()
    check_programs(${consumer})
    # With a C compiler alone.
    output_of(words ${PKG_CONFIG} --cflags --libs ${package})
    separate_arguments(words UNIX_COMMAND "${words}")
    run(${C_COMPILER} -std=c11 ${flags} ${SOURCE}/apps/examples/classify_one.c -o ${consumer}/classify_one_c ${words})
    check_c_program(${consumer})
  endforeach()
endif()

foreach(file IN ITEMS LICENSE CREDITS.md LICENSES/MIT.txt command-line.md c-interface.md)
  if(NOT EXISTS ${prefix}/share/doc/gfnet/${file})
    message(FATAL_ERROR "share/doc/gfnet/${file} is not installed")
  endif()
endforeach()
if(MAN_PAGE)
  file(READ ${prefix}/share/man/man1/gfnet.1 page)
  foreach(part IN ITEMS [[.TH "gfnet" "1"]] "gfnet - classify images" "gfnet classify" "--resume" "Exit status")
    string(FIND "${page}" "${part}" place)
    if(place EQUAL -1)
      message(FATAL_ERROR "share/man/man1/gfnet.1 does not hold '${part}'")
    endif()
  endforeach()
endif()
file(GLOB_RECURSE parquet ${prefix}/parquet.so)
if(parquet)
  run(${prefix}/bin/gfnet classify ${photo} --format parquet --output ${SCRATCH}/labels.parquet)
endif()
