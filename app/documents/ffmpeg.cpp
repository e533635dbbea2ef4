// SPDX-License-Identifier: MIT
#include "app/documents/ffmpeg.h"

#include "inference/base/error.h"

#include <dlfcn.h>
#include <mutex>
#include <string>

namespace phial::documents {
namespace {

// The version that the headers describe, and no other. It finds libavcodec, which it needs itself.
constexpr const char* kLibrary = "libavformat.so." AV_STRINGIFY(LIBAVFORMAT_VERSION_MAJOR);

[[noreturn]] void fail() {
    const char* const why = ::dlerror();
    throw Error(ErrorCode::FileUnreadable, std::string("Sound files cannot be read: the library ") +
                                               kLibrary + " cannot be loaded (" +
                                               (why != nullptr ? why : "unknown reason") +
                                               "); install FFmpeg's libraries.");
}

template <typename Function>
void resolve(void* library, const char* name, Function& function) {
    void* const address = ::dlsym(library, name);
    if (address == nullptr) {
        fail();
    }
    function = reinterpret_cast<Function>(address); // as POSIX has it
}

} // namespace

#define PHIAL_DEFINE(name) decltype(&::name) name = nullptr;
PHIAL_FFMPEG_FUNCTIONS(PHIAL_DEFINE)
#undef PHIAL_DEFINE

void loadFfmpeg() {
    static std::once_flag once;
    std::call_once(once, [] {
        void* const library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL); // kept to the end
        if (library == nullptr) {
            fail();
        }
#define PHIAL_RESOLVE(name) resolve(library, #name, name);
        PHIAL_FFMPEG_FUNCTIONS(PHIAL_RESOLVE)
#undef PHIAL_RESOLVE
        av_log_set_level(AV_LOG_QUIET); // it would write to the terminal
    });
}

} // namespace phial::documents
