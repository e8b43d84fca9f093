# Chestnut as part of another project (add_subdirectory, FetchContent): a tool of
# that project's build, made by a build of its own when the first sandboxed target
# asks for it. So none of its targets, flags, tests and presets get into the
# project, whose compilers, flags and sanitizers don't get into Chestnut.
include(${CMAKE_CURRENT_LIST_DIR}/Chestnut.cmake)

# The programs that somebody has are used.
if(Chestnut_PROGRAMS)
  return()
endif()

include(ExternalProject)
set(build ${CMAKE_CURRENT_BINARY_DIR}/build)
set(programs ${build}/bin)
# What flags the project's own caller exported is the project's business.
set(alone ${CMAKE_COMMAND} -E env --unset=CFLAGS --unset=CXXFLAGS --unset=LDFLAGS)
ExternalProject_Add(chestnut_programs
  EXCLUDE_FROM_ALL TRUE
  PREFIX ${CMAKE_CURRENT_BINARY_DIR}/steps
  SOURCE_DIR ${CMAKE_CURRENT_SOURCE_DIR}
  BINARY_DIR ${build}
  CONFIGURE_COMMAND ${alone} ${CMAKE_COMMAND} --preset default -S <SOURCE_DIR> -B <BINARY_DIR>
  BUILD_COMMAND ${alone} ${CMAKE_COMMAND} --build <BINARY_DIR> --target programs
  BUILD_BYPRODUCTS ${programs}/chestnut ${programs}/chestnut-cc
  INSTALL_COMMAND "")
set_property(GLOBAL PROPERTY _CHESTNUT_BUILT ${programs})
