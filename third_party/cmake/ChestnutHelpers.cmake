# chestnut_cc_library, chestnut_cc_binary and chestnut_cc_test imitate Bazel's
# rules argument by argument, so that a CMakeLists.txt can be read beside its
# BUILD file. A Bazel label //room:name is the CMake target room_name (where
# name repeats the room, just room); each call is preceded by a comment with the
# label, which test/house/check_targets.py holds against the BUILD files.
include(GNUInstallDirs)

set(CHESTNUT_WARNINGS -Wall -Wextra -Wno-unused-parameter -Werror)

function(_chestnut_configure target)
  cmake_parse_arguments(A "" "" "COPTS;DEPS" ${ARGN})
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
  target_compile_options(${target} PRIVATE ${CHESTNUT_WARNINGS} ${A_COPTS})
  target_link_libraries(${target} PRIVATE ${A_DEPS})
endfunction()

# chestnut_cc_library(NAME n HDRS ... SRCS ... DEPS ... COPTS ...)
function(chestnut_cc_library)
  cmake_parse_arguments(A "" "NAME" "HDRS;SRCS;DEPS;COPTS" ${ARGN})
  if(A_SRCS)
    add_library(${A_NAME} STATIC ${A_SRCS} ${A_HDRS})
    target_include_directories(${A_NAME} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
    target_compile_options(${A_NAME} PRIVATE ${CHESTNUT_WARNINGS} ${A_COPTS})
    target_link_libraries(${A_NAME} PUBLIC ${A_DEPS})
  else()
    add_library(${A_NAME} INTERFACE)
    target_include_directories(${A_NAME} INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
    target_link_libraries(${A_NAME} INTERFACE ${A_DEPS})
  endif()
endfunction()

# All that a user runs, without the tests: what tools/quickstart builds.
add_custom_target(programs)

# chestnut_cc_binary(NAME n [OUTPUT file-name] SRCS ... DEPS ... COPTS ...)
function(chestnut_cc_binary)
  cmake_parse_arguments(A "" "NAME;OUTPUT" "SRCS;DEPS;COPTS" ${ARGN})
  add_executable(${A_NAME} ${A_SRCS})
  _chestnut_configure(${A_NAME} COPTS ${A_COPTS} DEPS ${A_DEPS})
  if(A_OUTPUT)
    set_target_properties(${A_NAME} PROPERTIES OUTPUT_NAME ${A_OUTPUT})
  endif()
  if(NOT A_NAME MATCHES "^(test|bench)_")
    add_dependencies(programs ${A_NAME})
  endif()
endfunction()

# chestnut_cc_test(NAME n SRCS ... DEPS ... [DATA files] [ARGS ...] [LABELS ...])
# runs from the source folder, like a Bazel test from its runfiles.
function(chestnut_cc_test)
  cmake_parse_arguments(A "" "NAME" "SRCS;DEPS;COPTS;DATA;ARGS;LABELS" ${ARGN})
  add_executable(${A_NAME} ${A_SRCS})
  _chestnut_configure(${A_NAME} COPTS ${A_COPTS} DEPS ${A_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${A_NAME} COMMAND ${A_NAME} ${A_ARGS} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${A_NAME} PROPERTIES TIMEOUT 300 LABELS "${A_LABELS}")
endfunction()

# chestnut_fuzz_target(NAME n SRCS ... DEPS ... CORPUS folder): built only with
# the preset fuzz; tools/test runs each over its corpus and for a short while.
# The corpus is named from the root; fuzz_targets.txt lists names and corpora.
function(chestnut_fuzz_target)
  cmake_parse_arguments(A "" "NAME;CORPUS" "SRCS;DEPS" ${ARGN})
  if(NOT CHESTNUT_FUZZ)
    return()
  endif()
  add_executable(${A_NAME} ${A_SRCS})
  _chestnut_configure(${A_NAME} DEPS ${A_DEPS})
  target_link_options(${A_NAME} PRIVATE -fsanitize=fuzzer)
  if(NOT TARGET fuzz_targets)
    add_custom_target(fuzz_targets)
    file(WRITE ${CMAKE_BINARY_DIR}/fuzz_targets.txt "")
  endif()
  add_dependencies(fuzz_targets ${A_NAME})
  file(APPEND ${CMAKE_BINARY_DIR}/fuzz_targets.txt "${A_NAME} ${A_CORPUS}\n")
endfunction()
