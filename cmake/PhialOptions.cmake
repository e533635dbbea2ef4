# One interface target, phial_options, carries everything that every target of Phial compiles with.
option(PHIAL_WERROR "Treat warnings as errors" OFF)
option(PHIAL_ASSERTIONS "Range-checked standard library" OFF)
option(PHIAL_PRECOMPILE "Precompile common headers: builds from nothing take half as long" OFF)
option(PHIAL_TIDY "Run clang-tidy while compiling" OFF)
set(PHIAL_SANITIZE "" CACHE STRING "Sanitizers: address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

find_program(PHIAL_CCACHE ccache)
if(PHIAL_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${PHIAL_CCACHE}")
endif()

add_library(phial_options INTERFACE)
target_include_directories(phial_options INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}")
target_compile_options(phial_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Wno-missing-field-initializers) # GCC 12 warns on every Vulkan structure even with designated initialisers
# GCC 12 sees overlaps and unset values in its own strings and optionals once it has inlined them at -O3, none of which exist
# (GCC bug 105651); the checked build looks at the same files without them.
target_compile_options(phial_options INTERFACE
  "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict;-Wno-maybe-uninitialized>")
if(PHIAL_WERROR)
  target_compile_options(phial_options INTERFACE -Werror)
endif()
if(PHIAL_ASSERTIONS)
  target_compile_definitions(phial_options INTERFACE _GLIBCXX_ASSERTIONS)
endif()
if(PHIAL_SANITIZE)
  target_compile_options(phial_options INTERFACE -fsanitize=${PHIAL_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(phial_options INTERFACE -fsanitize=${PHIAL_SANITIZE})
  # GCC and Clang tell it in different ways.
  if(PHIAL_SANITIZE MATCHES address)
    target_compile_definitions(phial_options INTERFACE PHIAL_SANITIZE_ADDRESS)
  elseif(PHIAL_SANITIZE MATCHES thread)
    target_compile_definitions(phial_options INTERFACE PHIAL_SANITIZE_THREAD)
  endif()
endif()
if(PHIAL_TIDY)
  find_program(PHIAL_CLANG_TIDY clang-tidy REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY "${PHIAL_CLANG_TIDY}")
endif()
