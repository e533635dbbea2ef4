# cmake -D NAME=AddF32 -D FROM=AddF32.spv -D TO=AddF32.cpp -P EmbedShader.cmake: SPIR-V words as a C++ array.
file(READ "${FROM}" bytes HEX)
string(REGEX REPLACE "(..)(..)(..)(..)" "0x\\4\\3\\2\\1," words "${bytes}")
file(WRITE "${TO}" "#include <cstddef>
#include <cstdint>
namespace phial::gpu::spirv {
extern const std::uint32_t k${NAME}[];
extern const std::size_t k${NAME}Words;
const std::uint32_t k${NAME}[] = {${words}};
const std::size_t k${NAME}Words = sizeof(k${NAME}) / 4;
} // namespace phial::gpu::spirv
")
