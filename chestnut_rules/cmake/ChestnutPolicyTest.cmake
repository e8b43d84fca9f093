# Holds the kept policy of a program against the one that it carries; with
# UPDATE it writes the kept one anew. See chestnut_add_policy_test.
cmake_minimum_required(VERSION 3.21)

if(UPDATE)
  execute_process(COMMAND ${CHESTNUT} show --format json ${PROGRAM} OUTPUT_VARIABLE policy
                  COMMAND_ERROR_IS_FATAL ANY)
  file(WRITE ${POLICY}.new "${policy}")
  file(RENAME ${POLICY}.new ${POLICY})
  message(STATUS "${POLICY} is the policy of ${PROGRAM}")
  return()
endif()

set(how "to accept it: cmake --build <build folder> --target ${UPDATE_TARGET}")
if(NOT EXISTS ${POLICY})
  message(FATAL_ERROR "the kept policy '${POLICY}' is missing; ${how}")
endif()
execute_process(COMMAND ${CHESTNUT} diff --any-change ${POLICY} ${PROGRAM} RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the policy of ${PROGRAM} is not the one in ${POLICY}; ${how}")
endif()
