# ctest reads this file for each test program, after the settings that gfnet_test (Tests.cmake) wrote.
# It registers every test case of the program; if there are suffixes (".lavapipe", …), once per suffix.
cmake_policy(VERSION 3.22)
if(NOT EXISTS ${cases})
  add_test("${title}: not built" ${command})
  set_tests_properties("${title}: not built" PROPERTIES LABELS "${labels}")
  return()
endif()
if(NOT suffixes)
  set(suffixes "none")
endif()
# Brackets and semicolons are special in a CMake list: replace them by other characters.
file(READ ${cases} names)
string(REPLACE ";" "," names "${names}")
string(REPLACE "[" "(" names "${names}")
string(REPLACE "]" ")" names "${names}")
string(REPLACE "\n" ";" names "${names}")
list(FILTER names EXCLUDE REGEX "^(===.*|.doctest. .*)?$")
list(REMOVE_DUPLICATES names)
foreach(name IN LISTS names)
  # "?" is doctest's wildcard for one character. A comma would begin a second filter.
  string(REGEX REPLACE "[(),]" "?" filter "${name}")
  foreach(suffix IN LISTS suffixes)
    string(REGEX REPLACE "^none$" "" suffix "${suffix}")
    set(test "${title}: ${name}${suffix}")
    add_test("${test}" ${command} "--test-case=${filter}" --no-intro)
    set_tests_properties("${test}" PROPERTIES
      ENVIRONMENT "${environment${suffix}}" LABELS "${labels}" WORKING_DIRECTORY ${directory}
      FIXTURES_REQUIRED "${fixtures}" TIMEOUT ${timeout} SKIP_RETURN_CODE 77 FAIL_REGULAR_EXPRESSION "test cases: +0 ")
  endforeach()
endforeach()
