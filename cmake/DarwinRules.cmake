# CMake asks the system for its version, and where there is no answer, takes it for one that has no @rpath.
set(CMAKE_SHARED_LIBRARY_RUNTIME_C_FLAG -Wl,-rpath,)
