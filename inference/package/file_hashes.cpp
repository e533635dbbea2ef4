// SPDX-License-Identifier: MIT
#include "inference/package/file_hashes.h"

#include "inference/base/error.h"
#include "inference/base/mapped_file.h"
#include "inference/package/sha256.h"

#include <algorithm>
#include <span>

namespace phial::package {

FileHashes hashFile(const std::filesystem::path& path, const std::vector<NamedRange>& ranges,
                    const std::function<void(std::uint64_t)>& onBytes, std::stop_token stop) {
    constexpr std::uint64_t kBuffer = 4U << 20;
    const MappedFile file(path);
    const std::uint64_t size = file.bytes().size();
    std::vector<std::byte> buffer(
        std::min<std::uint64_t>(kBuffer, std::max<std::uint64_t>(size, 1)));
    FileHashes out;
    Sha256 whole;
    Sha256 part;
    auto range = ranges.begin();
    for (std::uint64_t at = 0; at < size;) {
        if (stop.stop_requested()) {
            throw Error(ErrorCode::Cancelled, "checking was stopped");
        }
        const std::uint64_t count = std::min<std::uint64_t>(buffer.size(), size - at);
        const std::span<std::byte> piece(buffer.data(), count);
        file.readAt(at, piece);
        whole.add(piece);
        while (range != ranges.end() && range->offset < at + count) {
            const std::uint64_t begin = std::max(range->offset, at);
            const std::uint64_t end = std::min(range->offset + range->bytes, at + count);
            if (end > begin) {
                part.add(piece.subspan(begin - at, end - begin));
            }
            if (range->offset + range->bytes > at + count) {
                break;
            }
            out.ranges[range->name] = part.finish();
            ++range;
        }
        at += count;
        onBytes(count);
    }
    out.whole = whole.finish();
    return out;
}

} // namespace phial::package
