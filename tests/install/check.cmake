cmake_minimum_required(VERSION 3.22)

function(run)
  list(JOIN ARGV " " command)
  message("$ ${command}")
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(prefix ${SCRATCH}/prefix)
set(consumer ${SCRATCH}/consumer)
file(REMOVE_RECURSE ${prefix} ${consumer})
file(GLOB photos ${SOURCE}/weights/photos/*)
list(FILTER photos INCLUDE REGEX "\\.(jpe?g|JPE?G|png)$")
list(GET photos 0 photo)

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
run(${CMAKE_COMMAND} -S ${SOURCE}/tests/install/consumer -B ${consumer} -G ${GENERATOR}
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_BUILD_TYPE=${BUILD_TYPE}
    -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_CXX_FLAGS=${FLAGS}
    -D EXAMPLE=${SOURCE}/apps/examples/classify_one.cpp)
run(${CMAKE_COMMAND} --build ${consumer})
file(GLOB model ${prefix}/share/gfnet/*.safetensors)
run(${consumer}/classify_one ${model} ${photo})
run(${prefix}/bin/gfnet classify ${photo})
file(GLOB_RECURSE parquet ${prefix}/parquet.so)
if(parquet)
  run(${prefix}/bin/gfnet classify ${photo} --format parquet --output ${SCRATCH}/labels.parquet)
endif()
