# Shaders are compiled, validated and embedded at build time; host code names them by an enumerator.
#
#   phial_shader(AddF32 SOURCE ops/add.comp DEFINES X_F32 TILE=32)
#       one variant: ShaderId::AddF32. SOURCE is relative to shaders/. Run the build again after adding a line.
#   phial_shader(... NEEDS cooperative_matrix)
#       a variant that the oldest shader compilers cannot build. It is built by PHIAL_GLSLC where that can, else by
#       the newer compiler that `./dev setup matrix` fetches, else it has no code: shaderCode().words is empty.
#   phial_shader_library()
#       called once, after all variants: makes the target phial_shaders and shaders/shader_id.h.

find_program(PHIAL_GLSLC glslc REQUIRED DOC "Compiles GLSL (Debian: glslc)")
find_program(PHIAL_SPIRV_VAL spirv-val DOC "Validates SPIR-V (Debian: spirv-tools)")
if(NOT PHIAL_SPIRV_VAL)
  message(STATUS "spirv-val is not installed: shaders are compiled without being validated")
endif()

# Which compiler builds shaders with cooperative matrices; empty when none can.
function(phial_find_matrix_glslc)
  set(fetched "${PROJECT_SOURCE_DIR}/build/newer-tools/bin")
  set(probe "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/cooperative_matrix.comp")
  set(found "")
  set(validator "")
  foreach(candidate IN ITEMS "${PHIAL_GLSLC}" "${fetched}/glslc")
    if(NOT found AND EXISTS "${candidate}")
      execute_process(
        COMMAND "${candidate}" --target-env=vulkan1.2 -fshader-stage=compute
                -o "${PROJECT_BINARY_DIR}/cooperative_matrix.spv" "${probe}"
        RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
      if(NOT failed)
        set(found "${candidate}")
      endif()
    endif()
  endforeach()
  foreach(candidate IN ITEMS "${PHIAL_SPIRV_VAL}" "${fetched}/spirv-val")
    if(found AND NOT validator AND EXISTS "${candidate}")
      execute_process(
        COMMAND "${candidate}" --target-env vulkan1.2 "${PROJECT_BINARY_DIR}/cooperative_matrix.spv"
        RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
      if(NOT failed)
        set(validator "${candidate}")
      endif()
    endif()
  endforeach()
  if(found)
    message(STATUS "Shaders with cooperative matrices: ${found}")
  else()
    message(STATUS "Shaders with cooperative matrices are left out: no shader compiler here knows "
                   "GL_KHR_cooperative_matrix (./dev setup matrix fetches one)")
  endif()
  set(PHIAL_MATRIX_GLSLC "${found}" PARENT_SCOPE)
  set(PHIAL_MATRIX_SPIRV_VAL "${validator}" PARENT_SCOPE)
  # A compiler that is fetched later configures again.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${probe}")
  if(EXISTS "${fetched}/glslc")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${fetched}/glslc")
  endif()
endfunction()
phial_find_matrix_glslc()

set(PHIAL_EMBED_SHADER "${CMAKE_CURRENT_LIST_DIR}/EmbedShader.cmake")

function(phial_shader name)
  cmake_parse_arguments(ARG "" "SOURCE;NEEDS" "DEFINES" ${ARGN})
  if(NOT ARG_SOURCE OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "phial_shader(${name}): use phial_shader(Name SOURCE file.comp [DEFINES A B=1] [NEEDS cooperative_matrix])")
  endif()
  get_property(names GLOBAL PROPERTY PHIAL_SHADER_NAMES)
  if(name IN_LIST names)
    message(FATAL_ERROR "phial_shader(${name}): this name is taken")
  endif()
  set_property(GLOBAL APPEND PROPERTY PHIAL_SHADER_NAMES ${name})

  set(compiler "${PHIAL_GLSLC}")
  set(validator "${PHIAL_SPIRV_VAL}")
  if(ARG_NEEDS STREQUAL "cooperative_matrix")
    set(compiler "${PHIAL_MATRIX_GLSLC}")
    set(validator "${PHIAL_MATRIX_SPIRV_VAL}")
  elseif(ARG_NEEDS)
    message(FATAL_ERROR "phial_shader(${name}): nothing is known of '${ARG_NEEDS}'")
  endif()
  if(NOT compiler)
    set_property(GLOBAL APPEND PROPERTY PHIAL_SHADERS_LEFT_OUT ${name})
    return()
  endif()
  set(source "${PROJECT_SOURCE_DIR}/shaders/${ARG_SOURCE}")
  set(base "${PROJECT_BINARY_DIR}/shaders/spirv/${name}")
  list(TRANSFORM ARG_DEFINES PREPEND "-D")
  set(validate "")
  if(validator)
    set(validate COMMAND "${validator}" --target-env vulkan1.2 "${base}.spv")
  endif()
  add_custom_command(
    OUTPUT "${base}.cpp"
    BYPRODUCTS "${base}.spv"
    COMMAND "${compiler}" --target-env=vulkan1.2 -O -Werror -fshader-stage=compute
            -I "${PROJECT_SOURCE_DIR}/shaders" -I "${PROJECT_SOURCE_DIR}" ${ARG_DEFINES}
            -MD -MF "${base}.d" -MT "${base}.cpp" -o "${base}.spv" "${source}"
    ${validate}
    COMMAND "${CMAKE_COMMAND}" -D NAME=${name} -D "FROM=${base}.spv" -D "TO=${base}.cpp"
            -P "${PHIAL_EMBED_SHADER}"
    DEPENDS "${source}" "${PHIAL_EMBED_SHADER}"
    DEPFILE "${base}.d"
    COMMENT "Shader ${name}"
    VERBATIM)
  set_property(GLOBAL APPEND PROPERTY PHIAL_SHADER_FILES "${base}.cpp")
endfunction()

function(phial_shader_library)
  get_property(names GLOBAL PROPERTY PHIAL_SHADER_NAMES)
  get_property(leftOut GLOBAL PROPERTY PHIAL_SHADERS_LEFT_OUT)
  get_property(files GLOBAL PROPERTY PHIAL_SHADER_FILES)
  file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/shaders/spirv")
  set(PHIAL_SHADER_ENUMERATORS "")
  set(PHIAL_SHADER_DECLARATIONS "")
  set(PHIAL_SHADER_CASES "")
  foreach(name IN LISTS names)
    string(APPEND PHIAL_SHADER_ENUMERATORS "    ${name},\n")
    if(name IN_LIST leftOut)
      string(APPEND PHIAL_SHADER_CASES "    case ShaderId::${name}:\n        return {\"${name}\", {}};\n")
      continue()
    endif()
    string(APPEND PHIAL_SHADER_DECLARATIONS
      "extern const std::uint32_t k${name}[];\nextern const std::size_t k${name}Words;\n")
    string(APPEND PHIAL_SHADER_CASES
      "    case ShaderId::${name}:\n        return {\"${name}\", {spirv::k${name}, spirv::k${name}Words}};\n")
  endforeach()
  configure_file("${PROJECT_SOURCE_DIR}/shaders/shader_id.h.in" "${PROJECT_BINARY_DIR}/shaders/shader_id.h" @ONLY)
  configure_file("${PROJECT_SOURCE_DIR}/shaders/shader_id.cpp.in" "${PROJECT_BINARY_DIR}/shaders/shader_id.cpp" @ONLY)
  phial_library(phial_shaders SOURCES "${PROJECT_BINARY_DIR}/shaders/shader_id.cpp" ${files})
endfunction()
