#[=======================================================================[.rst:
Chestnut
--------

Programs of a project in their own system-call sandbox.

  find_package(Chestnut REQUIRED)   # or: list(APPEND CMAKE_MODULE_PATH ...), include(Chestnut)
  chestnut_add_executable(server main.cc)            # as add_executable
  chestnut_sandbox_target(tool MODE errno)           # a target that is there
  chestnut_add_policy_test(server POLICY policies/server.json)

With FetchContent or add_subdirectory, Chestnut is built by the first target that
needs it, in a build of its own.

Only what belongs to a sandboxed program is compiled by way of Chestnut: the
executable's own sources and those of the static and object libraries of this
project that it links. What else it links - shared libraries of the project,
imported targets, the system's - is read as machine code.

Variables that these commands read:

``CHESTNUT_MODE``
  MODE of the targets that give none; ``kill`` if it is not set.
``Chestnut_PROGRAMS``
  The folder with the programs ``chestnut-cc``, ``chestnut-c++``, ``chestnut``;
  looked for beside this module and in PATH.

Works with the generators Ninja and Makefiles, with clang 19 and with gcc.
#]=======================================================================]
include_guard(GLOBAL)

# Launchers of linkers came with 3.21.
if(CMAKE_VERSION VERSION_LESS 3.21)
  message(FATAL_ERROR "Chestnut needs CMake 3.21 or later, this is ${CMAKE_VERSION}")
endif()

define_property(TARGET PROPERTY CHESTNUT_MODE
  BRIEF_DOCS "What a call outside the policy does: kill, errno, errno=N, trap, log, notify")
define_property(TARGET PROPERTY CHESTNUT_SANDBOXED
  BRIEF_DOCS "Set by chestnut_sandbox_target")

function(_chestnut_find_programs)
  # Those that ChestnutSubproject.cmake builds are not there yet.
  get_property(built GLOBAL PROPERTY _CHESTNUT_BUILT)
  if(built)
    set(Chestnut_chestnut ${built}/chestnut PARENT_SCOPE)
    set(Chestnut_chestnut_cc ${built}/chestnut-cc PARENT_SCOPE)
    set(Chestnut_chestnut_cxx ${built}/chestnut-c++ PARENT_SCOPE)
    return()
  endif()
  set(hints ${Chestnut_PROGRAMS} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../../../bin
            ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../../build/bin)
  foreach(program chestnut chestnut-cc chestnut-c++)
    string(REPLACE "+" "x" variable ${program})
    string(MAKE_C_IDENTIFIER ${variable} variable)
    find_program(Chestnut_${variable} ${program} HINTS ${hints} NO_CACHE)
    if(NOT Chestnut_${variable})
      message(FATAL_ERROR "Chestnut: the program '${program}' is missing; set Chestnut_PROGRAMS to the "
                          "folder that it is in")
    endif()
    set(Chestnut_${variable} ${Chestnut_${variable}} PARENT_SCOPE)
  endforeach()
endfunction()

# chestnut_add_executable(<name> [MODE m] [EXACT] [POLICY_OUT f] [OPTIONS ...]
#                         <arguments of add_executable>...)
function(chestnut_add_executable name)
  cmake_parse_arguments(PARSE_ARGV 1 A "EXACT" "MODE;POLICY_OUT" "OPTIONS")
  add_executable(${name} ${A_UNPARSED_ARGUMENTS})
  set(arguments)
  if(A_EXACT)
    list(APPEND arguments EXACT)
  endif()
  foreach(keyword MODE POLICY_OUT OPTIONS)
    if(DEFINED A_${keyword})
      list(APPEND arguments ${keyword} ${A_${keyword}})
    endif()
  endforeach()
  chestnut_sandbox_target(${name} ${arguments})
endfunction()

# chestnut_sandbox_target(<executable> [MODE m] [EXACT] [POLICY_OUT f] [OPTIONS ...])
#
# MODE        kill (default), errno, errno=N, trap, log, notify
# EXACT       without the families of equivalent calls: smaller, and bound to
#             the libraries that are here now
# POLICY_OUT  the policy as JSON besides, relative to the current binary folder
# OPTIONS     further options of chestnut-cc
function(chestnut_sandbox_target target)
  cmake_parse_arguments(PARSE_ARGV 1 A "EXACT" "MODE;POLICY_OUT" "OPTIONS")
  if(A_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "chestnut_sandbox_target(${target}): '${A_UNPARSED_ARGUMENTS}' is not an argument of it")
  endif()
  if(A_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "chestnut_sandbox_target(${target}): ${A_KEYWORDS_MISSING_VALUES} wants a value")
  endif()
  _chestnut_check_target(${target})
  _chestnut_mode(mode "${A_MODE}")
  set(options --chestnut-mode=${mode})
  if(A_EXACT)
    list(APPEND options --chestnut-exact)
  endif()
  if(DEFINED A_POLICY_OUT)
    cmake_path(ABSOLUTE_PATH A_POLICY_OUT BASE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} NORMALIZE)
    list(APPEND options --chestnut-policy-out=${A_POLICY_OUT})
    set_property(TARGET ${target} APPEND PROPERTY ADDITIONAL_CLEAN_FILES ${A_POLICY_OUT})
  endif()
  list(APPEND options ${A_OPTIONS})
  set_target_properties(${target} PROPERTIES CHESTNUT_SANDBOXED TRUE CHESTNUT_MODE ${mode}
                        CHESTNUT_OPTIONS "${options}")
  set_property(GLOBAL APPEND PROPERTY _CHESTNUT_TARGETS ${target})
  _chestnut_apply_at_the_end()
endfunction()

# chestnut_add_policy_test(<target> POLICY <file> [NAME <test>])
#
# A test that the kept policy is the one of today, and the target
# <target>_policy_update that writes it anew.
function(chestnut_add_policy_test target)
  cmake_parse_arguments(PARSE_ARGV 1 A "" "NAME;POLICY" "")
  if(A_UNPARSED_ARGUMENTS OR NOT A_POLICY)
    message(FATAL_ERROR "chestnut_add_policy_test(${target}): wants POLICY <file> and takes only NAME <test> besides")
  endif()
  get_target_property(sandboxed ${target} CHESTNUT_SANDBOXED)
  if(NOT sandboxed)
    message(FATAL_ERROR "chestnut_add_policy_test(${target}): give it to chestnut_sandbox_target first")
  endif()
  if(NOT A_NAME)
    set(A_NAME ${target}_policy)
  endif()
  cmake_path(ABSOLUTE_PATH A_POLICY BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  _chestnut_find_programs()
  set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/ChestnutPolicyTest.cmake)
  set(command ${CMAKE_COMMAND} -DCHESTNUT=${Chestnut_chestnut} -DPROGRAM=$<TARGET_FILE:${target}>
              -DPOLICY=${A_POLICY} -DUPDATE_TARGET=${target}_policy_update)
  add_test(NAME ${A_NAME} COMMAND ${command} -P ${script})
  add_custom_target(${target}_policy_update COMMAND ${command} -DUPDATE=ON -P ${script}
                    DEPENDS ${target} VERBATIM)
endfunction()

function(_chestnut_check_target target)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "chestnut_sandbox_target(${target}): there is no such target")
  endif()
  get_target_property(type ${target} TYPE)
  get_target_property(imported ${target} IMPORTED)
  if(NOT type STREQUAL EXECUTABLE OR imported)
    message(FATAL_ERROR "chestnut_sandbox_target(${target}): a sandbox is for a whole program; give it an "
                        "executable that this project builds")
  endif()
  get_target_property(sandboxed ${target} CHESTNUT_SANDBOXED)
  if(sandboxed)
    message(FATAL_ERROR "chestnut_sandbox_target(${target}): it is sandboxed already")
  endif()
  if(NOT CMAKE_GENERATOR MATCHES "Ninja|Makefiles")
    message(FATAL_ERROR "Chestnut works with the generators Ninja and Makefiles, not with '${CMAKE_GENERATOR}'")
  endif()
endfunction()

function(_chestnut_mode result mode)
  # Compared as text: "off" and the like are false for if().
  if(mode STREQUAL "")
    set(mode "${CHESTNUT_MODE}")
  endif()
  if(mode STREQUAL "")
    set(mode kill)
  endif()
  if(NOT mode MATCHES "^(kill|errno|errno=[1-9][0-9]*|trap|log|notify)$")
    message(FATAL_ERROR "Chestnut: MODE '${mode}' is none of kill, errno, errno=N, trap, log, notify")
  endif()
  set(${result} ${mode} PARENT_SCOPE)
endfunction()

# What a target links is known when the whole project has been read.
function(_chestnut_apply_at_the_end)
  get_property(deferred GLOBAL PROPERTY _CHESTNUT_DEFERRED)
  if(NOT deferred)
    set_property(GLOBAL PROPERTY _CHESTNUT_DEFERRED TRUE)
    cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL _chestnut_apply)
  endif()
endfunction()

function(_chestnut_apply)
  _chestnut_find_programs()
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  list(FILTER languages INCLUDE REGEX "^(C|CXX)$")
  get_property(programs GLOBAL PROPERTY _CHESTNUT_TARGETS)
  foreach(language ${languages})
    _chestnut_check_compiler(${language})
  endforeach()
  set(closure)
  foreach(program ${programs})
    _chestnut_link_closure(${program} closure)
    _chestnut_launch_linker(${program} "${languages}")
  endforeach()
  foreach(target ${closure})
    _chestnut_launch_compiler(${target} "${languages}")
  endforeach()
endfunction()

# The plugin belongs to one version of clang; for gcc, clang reads the source.
function(_chestnut_check_compiler language)
  set(id ${CMAKE_${language}_COMPILER_ID})
  set(version ${CMAKE_${language}_COMPILER_VERSION})
  # A language that only a subdirectory enabled has no id here; the launcher
  # itself then refuses what it cannot work with.
  if(NOT id OR id STREQUAL GNU OR (id STREQUAL Clang AND version MATCHES "^19\\."))
    return()
  endif()
  message(FATAL_ERROR "Chestnut works with clang 19 and with gcc; the ${language} compiler is ${id} ${version}: "
                      "configure with -DCMAKE_${language}_COMPILER=... of one of these")
endfunction()

# Appends `target` and what of this project becomes part of it to the list.
function(_chestnut_link_closure target list)
  set(seen ${${list}})
  set(open ${target})
  while(open)
    list(POP_FRONT open next)
    _chestnut_plain_target(${next} next)
    if(NOT next OR next IN_LIST seen)
      continue()
    endif()
    list(APPEND seen ${next})
    get_target_property(type ${next} TYPE)
    set(properties INTERFACE_LINK_LIBRARIES)
    if(NOT type STREQUAL INTERFACE_LIBRARY)
      list(PREPEND properties LINK_LIBRARIES)
    endif()
    foreach(property ${properties})
      get_target_property(items ${next} ${property})
      if(items)
        # Names of targets stand between other things in generator expressions.
        string(REGEX MATCHALL "[A-Za-z0-9_.+-]+(::[A-Za-z0-9_.+-]+)*" items "${items}")
        list(APPEND open ${items})
      endif()
    endforeach()
    get_target_property(sources ${next} SOURCES)
    get_target_property(interface_sources ${next} INTERFACE_SOURCES)
    string(REGEX MATCHALL "TARGET_OBJECTS:[^>]+" objects "${sources};${interface_sources}")
    string(REPLACE "TARGET_OBJECTS:" "" objects "${objects}")
    list(APPEND open ${objects})
  endwhile()
  set(${list} ${seen} PARENT_SCOPE)
endfunction()

# The target that a name stands for, nothing if it is none of this project's or
# is a file of its own when linked.
function(_chestnut_plain_target name result)
  set(${result} "" PARENT_SCOPE)
  if(NOT TARGET ${name})
    return()
  endif()
  get_target_property(aliased ${name} ALIASED_TARGET)
  if(aliased)
    set(name ${aliased})
  endif()
  get_target_property(imported ${name} IMPORTED)
  get_target_property(type ${name} TYPE)
  if(imported OR NOT type MATCHES "^(EXECUTABLE|STATIC_LIBRARY|OBJECT_LIBRARY|INTERFACE_LIBRARY)$")
    return()
  endif()
  set(${result} ${name} PARENT_SCOPE)
endfunction()

# Where the project's compiler is Chestnut's there is nothing to launch.
function(_chestnut_launcher language result)
  set(C ${Chestnut_chestnut_cc})
  set(CXX ${Chestnut_chestnut_cxx})
  cmake_path(GET CMAKE_${language}_COMPILER FILENAME compiler)
  if(compiler MATCHES "^chestnut-")
    set(${result} "" PARENT_SCOPE)
  else()
    set(${result} ${${language}} --chestnut-launch PARENT_SCOPE)
  endif()
endfunction()

function(_chestnut_launch_compiler target languages)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL INTERFACE_LIBRARY)
    return()
  endif()
  get_property(built GLOBAL PROPERTY _CHESTNUT_BUILT)
  if(built)
    add_dependencies(${target} chestnut_programs)
  endif()
  foreach(language ${languages})
    _chestnut_launcher(${language} launcher)
    get_target_property(present ${target} ${language}_COMPILER_LAUNCHER)
    list(GET present 0 program)
    cmake_path(GET program FILENAME program)
    if(launcher AND program STREQUAL ccache)
      _chestnut_behind_ccache(launcher)
      set_property(TARGET ${target} PROPERTY ${language}_COMPILER_LAUNCHER ${launcher} ${present})
    else()
      set_property(TARGET ${target} APPEND PROPERTY ${language}_COMPILER_LAUNCHER ${launcher})
    endif()
  endforeach()
endfunction()

# Behind another launcher ccache sees no compiler. So it gets the real one, and is
# told in its own way what to run it by, and that its objects depend on that.
function(_chestnut_behind_ccache result)
  cmake_path(GET Chestnut_chestnut_cc PARENT_PATH programs)
  cmake_path(GET programs PARENT_PATH prefix)
  string(JOIN ":" files ${Chestnut_chestnut_cc} ${programs}/chestnut-frontend
         ${prefix}/lib/chestnut-frontend-plugin.so)
  set(${result} ${CMAKE_COMMAND} -E env CCACHE_PREFIX=${programs}/chestnut-launch CCACHE_EXTRAFILES=${files}
      PARENT_SCOPE)
endfunction()

function(_chestnut_launch_linker target languages)
  get_target_property(options ${target} CHESTNUT_OPTIONS)
  foreach(language ${languages})
    _chestnut_launcher(${language} launcher)
    if(launcher)
      set_property(TARGET ${target} APPEND PROPERTY ${language}_LINKER_LAUNCHER ${launcher} ${options})
    else()
      target_link_options(${target} PRIVATE ${options})
    endif()
  endforeach()
  # A new Chestnut links anew.
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${Chestnut_chestnut_cc})
endfunction()
