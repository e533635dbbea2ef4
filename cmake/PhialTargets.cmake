# phial_precompile(NAME COUNT): with PHIAL_PRECOMPILE, the headers of precompiled.h are parsed once for a target of several files.
function(phial_precompile name count)
  if(PHIAL_PRECOMPILE AND count GREATER 3)
    target_precompile_headers(${name} PRIVATE "${PROJECT_SOURCE_DIR}/cmake/precompiled.h")
  endif()
endfunction()

# phial_library(NAME SOURCES ... [PUBLIC ...] [PRIVATE ...]): one static library for one folder.
function(phial_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC phial_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  list(LENGTH ARG_SOURCES count)
  phial_precompile(${name} ${count})
endfunction()

# phial_test(NAME SOURCES ... LIBRARIES ... [LABELS ...] [ENVIRONMENT ...]): one GoogleTest program; every test in it is a
# CTest case. Discovered when CTest starts, so that building needs neither a display nor a device.
function(phial_test name)
  cmake_parse_arguments(ARG "OWN_MAIN" "TIMEOUT" "SOURCES;LIBRARIES;LABELS;ENVIRONMENT" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE phial_options ${ARG_LIBRARIES} phial_source_root GTest::gmock)
  if(ARG_OWN_MAIN)
    target_link_libraries(${name} PRIVATE GTest::gtest)
  else()
    target_link_libraries(${name} PRIVATE GTest::gtest_main)
  endif()
  list(LENGTH ARG_SOURCES count)
  phial_precompile(${name} ${count})
  if(PHIAL_PRECOMPILE)
    target_compile_definitions(${name} PRIVATE PHIAL_PRECOMPILE_TEST)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  # gtest_discover_tests() loses every label but the first on its way to CTest. One word does as well, since -L and -LE
  # look for a part of a label: "gpu+slow" is found by either.
  string(JOIN "+" labels ${ARG_LABELS})
  include(GoogleTest)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
    PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${labels}" ENVIRONMENT "${ARG_ENVIRONMENT}")
endfunction()
