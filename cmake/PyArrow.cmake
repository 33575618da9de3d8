# Defines Parquet::parquet_shared from the Python package pyarrow, and sets GFNET_PYARROW_FOUND. The
# package has headers and libraries with a version in their name (libparquet.so.2600); it has neither
# unversioned links nor CMake files.
function(gfnet_find_pyarrow directory)
  file(GLOB arrow ${directory}/libarrow.so.[0-9]*)
  file(GLOB parquet ${directory}/libparquet.so.[0-9]*)
  if(NOT arrow OR NOT parquet OR NOT EXISTS ${directory}/include/parquet/arrow/writer.h)
    return()
  endif()
  set(GFNET_PYARROW_FOUND ${directory} PARENT_SCOPE)
  list(GET arrow 0 arrow)
  list(GET parquet 0 parquet)
  add_library(Parquet::parquet_shared SHARED IMPORTED GLOBAL)
  set_target_properties(Parquet::parquet_shared PROPERTIES IMPORTED_LOCATION ${parquet})
  target_include_directories(Parquet::parquet_shared INTERFACE ${directory}/include)
  target_link_libraries(Parquet::parquet_shared INTERFACE ${arrow})
endfunction()
