// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace phial::exporting {

/// A zip archive in memory, compressed by zlib: enough for office documents. Every archive of the
/// same files has the same bytes. Names are ASCII; less than 4 GiB in all.
class ZipWriter {
public:
    void add(const std::string& name, std::string_view content);

    /// The archive; nothing can be added afterwards.
    std::string finish();

private:
    struct Entry {
        std::string name;
        std::uint32_t crc = 0;
        std::uint32_t packed = 0;
        std::uint32_t size = 0;
        std::uint32_t offset = 0;
    };

    /// The fields that the file's own header and the directory share.
    void putDescription(const Entry& entry);

    std::string m_bytes;
    std::vector<Entry> m_entries;
};

} // namespace phial::exporting
