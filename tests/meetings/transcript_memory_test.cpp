// SPDX-License-Identifier: MIT
// How much memory the transcript of a whole day needs while it is saved and read, counted in this
// program's own heap.
#include "app/meetings/transcript_json.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <malloc.h>
#include <new>
#include <string>

namespace {

std::atomic<std::size_t> g_live{0};
std::atomic<std::size_t> g_most{0};

} // namespace

void* operator new(std::size_t size) {
    void* const block = std::malloc(size);
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    const std::size_t now = g_live += ::malloc_usable_size(block);
    g_most = std::max(g_most.load(), now); // one thread
    return block;
}

void operator delete(void* block) noexcept {
    g_live -= ::malloc_usable_size(block);
    std::free(block);
}

void operator delete(void* block, std::size_t /*size*/) noexcept {
    operator delete(block);
}

namespace phial::meetings {
namespace {

/// Most bytes in use at once while `work` runs, beyond those before.
template <typename Work>
std::size_t mostBytes(Work work) {
    const std::size_t before = g_live;
    g_most = before;
    work();
    return g_most - before;
}

Transcript wholeDay() {
    Transcript transcript{.rateHz = 16000, .samples = 10000 * 46080};
    for (std::int64_t i = 0; i < 10000; ++i) {
        addSegment(transcript, {.startSample = i * 46080,
                                .endSample = i * 46080 + 20000,
                                .text = "Line number " + std::to_string(i) +
                                        " of a very long meeting about everything.",
                                .language = "English",
                                .confidence = 0.5});
    }
    return transcript;
}

TEST(TranscriptMemory, SavingNeedsTheSameForAnyLength) {
    const test::TempFolder folder;
    const Transcript transcript = wholeDay();
    const std::size_t most =
        mostBytes([&] { saveTranscript(transcript, folder.path() / "t.json"); });
    EXPECT_LT(most, 200000U) << "of " << std::filesystem::file_size(folder.path() / "t.json")
                             << " bytes that were written";
}

TEST(TranscriptMemory, ReadingNeedsLittleMoreThanTheTranscript) {
    const test::TempFolder folder;
    saveTranscript(wholeDay(), folder.path() / "t.json");
    Transcript read;
    const std::size_t before = g_live;
    const std::size_t most = mostBytes([&] { read = loadTranscript(folder.path() / "t.json"); });
    const std::size_t kept = g_live - before;
    ASSERT_EQ(read.segments.size(), 10000U);
    EXPECT_LT(most, 2 * kept) << "of a transcript of " << kept << " bytes";
}

} // namespace
} // namespace phial::meetings
