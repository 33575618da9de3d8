# Compiles shaders to SPIR-V when the engine is built, and embeds them as arrays.
#
#   gfnet_embed_shaders(gfnet_vulkan
#     FUNCTION gfnet::vulkan::embedded_shaders      # name of the C++ function that lists them
#     DIRECTORY ${PROJECT_SOURCE_DIR}/shaders       # every *.comp in it
#     INCLUDES ${PROJECT_SOURCE_DIR}/shaders/include)
#
# adds a source to the target that defines
#   std::span<const gfnet::vulkan::ShaderBinary> FUNCTION();     sorted by name
# A shader's name is its file's stem. Two kinds of comment lines in a shader have a meaning here:
#   // variant: NAME [DEFINE[=VALUE]]…    also compile it as NAME, with these macros
#   // requires: GL_SOME_extension        leave it out if the compiler does not know the extension
# A shader is recompiled when it, or a file that it includes, changes.

include_guard(GLOBAL)

# If the system's compiler is too old for some shaders, scripts/setup builds a newer one.
find_program(GFNET_BUILT_GLSLANG NAMES glslangValidator
             PATHS ${PROJECT_SOURCE_DIR}/build/glslang/bin NO_DEFAULT_PATH)
find_program(GFNET_SYSTEM_GLSLANG NAMES glslangValidator glslang)
mark_as_advanced(GFNET_BUILT_GLSLANG GFNET_SYSTEM_GLSLANG)
if(GFNET_BUILT_GLSLANG)
  set(GFNET_GLSLANG ${GFNET_BUILT_GLSLANG})
else()
  set(GFNET_GLSLANG ${GFNET_SYSTEM_GLSLANG})
endif()
if(NOT GFNET_GLSLANG)
  message(FATAL_ERROR "glslangValidator not found: it compiles the shaders "
                      "(Debian and Ubuntu: apt install glslang-tools)")
endif()

# Sets result to whether the compiler knows a GLSL extension. The answer is cached until the compiler
# changes.
file(TIMESTAMP ${GFNET_GLSLANG} time)
set(GFNET_GLSLANG_IDENTITY "${GFNET_GLSLANG} ${time}")
function(gfnet_glsl_knows extension result)
  set(cached GFNET_GLSL_KNOWS_${extension})
  if(NOT "${${cached}_ASKED}" STREQUAL GFNET_GLSLANG_IDENTITY)
    set(probe ${PROJECT_BINARY_DIR}/shaders/probe_${extension}.comp)
    file(WRITE ${probe} "#version 460\n#extension ${extension} : require\nvoid main() {}\n")
    execute_process(
      COMMAND ${GFNET_GLSLANG} --target-env vulkan1.1 -o ${probe}.spv ${probe}
      RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
    if(status EQUAL 0)
      set(known TRUE)
    else()
      set(known FALSE)
      message(STATUS "Shaders: ${GFNET_GLSLANG} does not know ${extension}")
    endif()
    set(${cached} ${known} CACHE INTERNAL "the shader compiler knows ${extension}")
    set(${cached}_ASKED "${GFNET_GLSLANG_IDENTITY}" CACHE INTERNAL "the compiler that was asked")
  endif()
  set(${result} ${${cached}} PARENT_SCOPE)
endfunction()

function(gfnet_embed_shaders target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "FUNCTION;DIRECTORY" "INCLUDES")
  string(REPLACE "::" "_" prefix "${ARG_FUNCTION}")
  set(output ${PROJECT_BINARY_DIR}/shaders/${prefix})
  file(MAKE_DIRECTORY ${output})
  file(GLOB shaders CONFIGURE_DEPENDS ${ARG_DIRECTORY}/*.comp)
  set(flags --target-env vulkan1.1 --quiet -I${ARG_DIRECTORY})
  foreach(directory IN LISTS ARG_INCLUDES)
    list(APPEND flags -I${directory})
  endforeach()

  set(names "")
  set(headers "")
  foreach(shader IN LISTS shaders)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${shader})
    get_filename_component(stem ${shader} NAME_WE)

    set(skip FALSE)
    file(STRINGS ${shader} requirements REGEX "^// requires: ")
    foreach(line IN LISTS requirements)
      string(REGEX REPLACE "^// requires: *([A-Za-z0-9_]+).*$" "\\1" extension "${line}")
      gfnet_glsl_knows(${extension} known)
      if(NOT known)
        set(skip TRUE)
      endif()
    endforeach()
    if(skip)
      continue()
    endif()

    set(variants "${stem}")
    file(STRINGS ${shader} lines REGEX "^// variant: ")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^// variant: *" "" line "${line}")
      list(APPEND variants "${line}")
    endforeach()
    foreach(variant IN LISTS variants)
      separate_arguments(words UNIX_COMMAND "${variant}")
      list(POP_FRONT words name)
      list(TRANSFORM words PREPEND "-D")
      set(header ${output}/${name}.h)
      add_custom_command(
        OUTPUT ${header}
        COMMAND ${GFNET_GLSLANG} ${flags} ${words} --depfile ${header}.d --vn ${name}_spirv
                -o ${header} ${shader}
        DEPENDS ${shader}
        DEPFILE ${header}.d
        COMMENT "Compiling shader ${name}"
        VERBATIM)
      if(name IN_LIST names)
        message(FATAL_ERROR "${shader}: there is another shader named ${name}")
      endif()
      list(APPEND names ${name})
      list(APPEND headers ${header})
    endforeach()
  endforeach()

  list(SORT names COMPARE STRING CASE SENSITIVE)
  set(includes "")
  set(entries "")
  foreach(name IN LISTS names)
    string(APPEND includes "#include \"${name}.h\"\n")
    string(APPEND entries "    {\"${name}\", ${name}_spirv},\n")
  endforeach()
  string(REGEX REPLACE "::[^:]*$" "" namespace "${ARG_FUNCTION}")
  string(REGEX REPLACE "^.*::" "" function "${ARG_FUNCTION}")
  list(LENGTH names count)
  if(count EQUAL 0)
    set(table "")
    set(value "{}")
  else()
    set(table "const gfnet::vulkan::ShaderBinary kShaders[] = {\n${entries}};\n")
    set(value "kShaders")
  endif()
  file(CONFIGURE OUTPUT ${output}/shaders.cpp @ONLY CONTENT [=[
// Written by cmake/Shaders.cmake.
#include <cstdint>
#include <span>

#include "vulkan/pipelines/shader_library.h"

namespace {
@includes@
@table@
}  // namespace

namespace @namespace@ {
std::span<const gfnet::vulkan::ShaderBinary> @function@();
std::span<const gfnet::vulkan::ShaderBinary> @function@() { return @value@; }
}  // namespace @namespace@
]=])
  set_source_files_properties(${output}/shaders.cpp TARGET_DIRECTORY ${target}
    PROPERTIES OBJECT_DEPENDS "${headers}" SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${target} PRIVATE ${output}/shaders.cpp ${headers})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/engine)
endfunction()
