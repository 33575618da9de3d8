# Writes the commit of the source tree into a header, which stays untouched if the commit is the same:
#   cmake -D SOURCE=DIRECTORY -D OUTPUT=FILE -P Commit.cmake
# In a checkout, git says the commit. In an archive that git made, archived-commit.txt holds it.
cmake_minimum_required(VERSION 3.22)

set(commit "")
if(EXISTS ${SOURCE}/.git)
  find_program(GIT git)
  if(GIT)
    execute_process(COMMAND ${GIT} -C ${SOURCE} describe --always --dirty
                    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
else()
  file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/archived-commit.txt commit REGEX "^[0-9a-f]+$")
endif()
if(commit)
  string(PREPEND commit "commit ")
else()
  set(commit "unknown commit")
endif()

set(header "// Written by cmake/Commit.cmake.\n#define GFNET_COMMIT \"${commit}\"\n")
set(before "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT "${before}" STREQUAL "${header}")
  file(WRITE ${OUTPUT} "${header}")
endif()
