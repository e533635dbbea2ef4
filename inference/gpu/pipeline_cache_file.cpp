// SPDX-License-Identifier: MIT
#include "inference/gpu/pipeline_cache_file.h"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

namespace phial::gpu {
namespace {

// Raised when shaders are built or used in a way that makes old files useless.
constexpr std::uint32_t kFormat = 1;

struct Header {
    char magic[8];
    std::uint64_t bytes;
    std::uint64_t checksum;
};

constexpr char kMagic[8] = {'P', 'H', 'I', 'A', 'L', 'P', 'C', '1'};

/// FNV-1a: guards against broken disks and half-written files, not against attackers.
std::uint64_t checksumOf(std::span<const std::byte> data) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const std::byte value : data) {
        hash = (hash ^ static_cast<std::uint64_t>(value)) * 0x100000001b3U;
    }
    return hash;
}

std::string fileName(const PhysicalDevice& device) {
    std::string name = "pipelines-";
    for (const std::uint8_t value : device.pipelineCacheUuid) {
        static constexpr const char* kDigits = "0123456789abcdef";
        name += kDigits[value >> 4];
        name += kDigits[value & 15];
    }
    return name + "-" + std::to_string(device.info.driverVersion) + "-" + std::to_string(kFormat) +
           ".bin";
}

} // namespace

PipelineCacheFile::PipelineCacheFile(const std::filesystem::path& folder,
                                     const PhysicalDevice& device)
    : m_path(folder.empty() ? std::filesystem::path() : folder / fileName(device)) {}

std::vector<std::byte> PipelineCacheFile::load() const {
    std::ifstream in(m_path, std::ios::binary);
    if (m_path.empty() || !in) {
        return {};
    }
    const std::vector<char> raw{std::istreambuf_iterator<char>(in), {}};
    Header header{};
    if (raw.size() < sizeof(header)) {
        return {};
    }
    std::memcpy(&header, raw.data(), sizeof(header));
    const auto data = std::as_bytes(std::span(raw)).subspan(sizeof(header));
    if (std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0 || header.bytes != data.size() ||
        header.checksum != checksumOf(data)) {
        return {};
    }
    return {data.begin(), data.end()};
}

bool PipelineCacheFile::store(std::span<const std::byte> data) const noexcept {
    if (m_path.empty()) {
        return false;
    }
    try {
        std::filesystem::create_directories(m_path.parent_path());
        // Several Phials may end at once: each writes its own file, the last rename wins.
        const std::filesystem::path draft = m_path.string() + "." + std::to_string(::getpid());
        Header header{.magic = {}, .bytes = data.size(), .checksum = checksumOf(data)};
        std::memcpy(header.magic, kMagic, sizeof(kMagic));
        std::ofstream out(draft, std::ios::binary | std::ios::trunc);
        out.write(reinterpret_cast<const char*>(&header), sizeof(header));
        out.write(reinterpret_cast<const char*>(data.data()),
                  static_cast<std::streamsize>(data.size()));
        out.close();
        std::error_code ignored;
        if (!out) {
            std::filesystem::remove(draft, ignored);
            return false;
        }
        std::filesystem::rename(draft, m_path);
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

} // namespace phial::gpu
