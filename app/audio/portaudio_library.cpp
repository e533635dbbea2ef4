// SPDX-License-Identifier: MIT
#include "app/audio/portaudio_library.h"

#include <portaudio.h>

#include <cstdarg>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <iterator>
#include <string>

namespace phial::audio {
namespace {

/// State of the library that the library does not tell. PortAudio is a singleton, so this is one.
struct Shared {
    std::mutex mutex;
    int users = 0; ///< guarded by mutex, as everything below
    int streams = 0;
    bool initialized = false;
    std::uint64_t generation = 0;
    std::string cards; ///< of the system, when it was initialised last
};

Shared& shared() {
    static Shared one;
    return one;
}

void ignoreJackMessage(const char* /*message*/) {}

// The variadic form is ALSA's.
void ignoreAlsaMessage(const char* /*file*/, int /*line*/, const char* /*function*/, int /*error*/,
                       const char* /*format*/, ...) {
} // NOLINT(cert-dcl50-cpp,modernize-avoid-variadic-functions)

/// The object behind a function name in a library that PortAudio has loaded, or null.
template <typename Function>
Function loadedFunction(const char* name) {
    void* const symbol = dlsym(RTLD_DEFAULT, name);
    Function function = nullptr;
    static_assert(sizeof(function) == sizeof(symbol));
    std::memcpy(&function, &symbol, sizeof(symbol));
    return function;
}

/// Looking for devices makes libjack and alsa-lib print a page about what is not there. Both have a
/// hook for their messages; it is looked up at run time because the libraries belong to PortAudio
/// and may be absent.
void quietenLibraries() {
    using JackHandler = void (*)(const char*);
    using SetJackHandler = void (*)(JackHandler);
    for (const char* name : {"jack_set_error_function", "jack_set_info_function"}) {
        if (const auto set = loadedFunction<SetJackHandler>(name)) {
            set(&ignoreJackMessage);
        }
    }
    using AlsaHandler = void (*)(const char*, int, const char*, int, const char*, ...);
    using SetAlsaHandler = int (*)(AlsaHandler);
    if (const auto set = loadedFunction<SetAlsaHandler>("snd_lib_error_set_handler")) {
        set(&ignoreAlsaMessage);
    }
}

/// What ALSA's driver lists; empty where there is none.
std::string soundCards() {
    std::ifstream in("/proc/asound/cards");
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void initialize(Shared& library) {
    quietenLibraries();
    library.cards = soundCards(); // before: what comes in between is found by the next look
    library.initialized = Pa_Initialize() == paNoError;
    ++library.generation;
}

void terminate(Shared& library) {
    if (library.initialized) {
        Pa_Terminate();
        library.initialized = false;
    }
}

} // namespace

PortAudioLibrary::PortAudioLibrary() {
    const Lock held = lock();
    if (shared().users++ == 0) {
        initialize(shared());
    }
}

PortAudioLibrary::~PortAudioLibrary() {
    const Lock held = lock();
    if (--shared().users == 0) {
        terminate(shared());
    }
}

PortAudioLibrary::Lock PortAudioLibrary::lock() {
    return Lock(shared().mutex);
}

std::uint64_t PortAudioLibrary::generation(const Lock& /*held*/) {
    return shared().generation;
}

void PortAudioLibrary::lookAgain(const Lock& /*held*/) {
    if (shared().streams == 0) {
        terminate(shared());
        initialize(shared());
    }
}

bool PortAudioLibrary::devicesChanged(const Lock& /*held*/) {
    return shared().cards != soundCards();
}

void PortAudioLibrary::streamOpened(const Lock& /*held*/) {
    ++shared().streams;
}

void PortAudioLibrary::streamClosed(const Lock& /*held*/) {
    --shared().streams;
}

} // namespace phial::audio
