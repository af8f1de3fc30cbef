include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/nhipolTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/nhipol.cmake)
