# Embeds a file in the library, so that a program need not find it at run time.
#
#   gfnet_embed_file(gfnet_weights FUNCTION gfnet::checkpoint::zoo_manifest FILE ${…}/zoo.json)
#
# adds a source to the target that defines
#   std::string_view FUNCTION();     the file's bytes
include_guard(GLOBAL)

function(gfnet_embed_file target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "FUNCTION;FILE" "")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARG_FILE})
  # The bytes become numbers: compilers limit the length of a string literal.
  file(READ ${ARG_FILE} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "(................................................................................)"
         "\\1\n" bytes "${bytes}")
  get_filename_component(name ${ARG_FILE} NAME)
  string(REGEX REPLACE "::[^:]*$" "" namespace "${ARG_FUNCTION}")
  string(REGEX REPLACE "^.*::" "" function "${ARG_FUNCTION}")
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT [=[
// Written by cmake/EmbedFile.cmake from @name@.
#include <string_view>

namespace @namespace@ {
std::string_view @function@();
std::string_view @function@() {
  static constexpr unsigned char kBytes[] = {
@bytes@
};
  return {reinterpret_cast<const char*>(kBytes), sizeof kBytes};
}
}  // namespace @namespace@
]=])
  target_sources(${target} PRIVATE ${output})
endfunction()
