# cmake -D FILE=NAME_tests.cmake -D LABEL=slow -P labels_test.cmake
# gtest_discover_tests() hands a list of labels on as several words, of which all but the first are lost: `-LE slow` then runs the
# long tests. FILE is what it wrote for a program with two labels; each of its tests must carry the second.
if(NOT EXISTS "${FILE}")
  message(FATAL_ERROR "${FILE} is missing: CTest has not asked the program for its tests")
endif()
file(STRINGS "${FILE}" properties REGEX "set_tests_properties")
if(NOT properties)
  message(FATAL_ERROR "${FILE} names no tests")
endif()
foreach(line IN LISTS properties)
  if(NOT line MATCHES "LABELS[^A-Za-z]+[A-Za-z0-9+]*${LABEL}")
    message(FATAL_ERROR "the label ${LABEL} is lost: ${line}")
  endif()
endforeach()
