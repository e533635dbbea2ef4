// SPDX-License-Identifier: MIT
// Repairing whatever lies in a recording folder: no crash, no endless loop, and what was repaired
// is consistent.
#include "app/recorder/wav_file.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace {

using namespace phial::recorder;

class MemoryFile final : public RecordingFile {
public:
    explicit MemoryFile(std::span<const std::byte> bytes)
        : m_bytes(bytes.begin(), bytes.end()) {}

    WriteResult append(std::span<const std::byte> bytes) override {
        m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
        return {.written = bytes.size()};
    }

    std::error_code writeAt(std::uint64_t offset, std::span<const std::byte> bytes) override {
        m_bytes.resize(std::max(m_bytes.size(), static_cast<std::size_t>(offset) + bytes.size()));
        std::copy(bytes.begin(), bytes.end(),
                  m_bytes.begin() + static_cast<std::ptrdiff_t>(offset));
        return {};
    }

    std::size_t readAt(std::uint64_t offset, std::span<std::byte> out) override {
        if (offset >= m_bytes.size()) {
            return 0;
        }
        const std::size_t count =
            std::min<std::size_t>(out.size(), m_bytes.size() - static_cast<std::size_t>(offset));
        std::memcpy(out.data(), m_bytes.data() + offset, count);
        return count;
    }

    std::uint64_t size() override { return m_bytes.size(); }

    std::error_code truncate(std::uint64_t size) override {
        m_bytes.resize(static_cast<std::size_t>(size));
        return {};
    }

    std::error_code sync() override { return {}; }

    bool lock() override { return true; }

    bool isStillAt(const std::filesystem::path& /*path*/) override { return true; }

private:
    std::vector<std::byte> m_bytes;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    MemoryFile file(std::as_bytes(std::span(data, size)));
    const auto state = repairWav(file, {.rateHz = 16000, .channels = 1});
    if (state) {
        const auto again = inspectWav(file);
        if (!again || !again->consistent || again->frames() != state->frames()) {
            std::abort();
        }
    }
    return 0;
}
