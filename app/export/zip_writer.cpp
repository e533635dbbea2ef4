// SPDX-License-Identifier: MIT
#include "app/export/zip_writer.h"

#include "inference/base/error.h"

#include <zlib.h>

namespace phial::exporting {
namespace {

constexpr std::uint32_t kVersion = 20; ///< 2.0: deflate
constexpr std::uint32_t kDeflate = 8;
constexpr std::uint32_t kDate = 0x21; ///< 1980-01-01, the earliest that zip can tell

void put(std::string& bytes, std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) {
        bytes.push_back(static_cast<char>(value >> (8 * i) & 0xffU));
    }
}

std::string deflated(std::string_view content) {
    z_stream stream{};
    constexpr int kRaw = -15; // no header of zlib's own: zip has one
    check(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRaw, 8, Z_DEFAULT_STRATEGY) ==
              Z_OK,
          "zlib cannot begin");
    std::string out(deflateBound(&stream, content.size()), '\0');
    std::string in(content); // zlib wants a pointer to non-const
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int ended = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    check(ended == Z_STREAM_END, "zlib did not end");
    return out;
}

} // namespace

void ZipWriter::putDescription(const Entry& entry) {
    put(m_bytes, kVersion, 2);
    put(m_bytes, 0, 2); // flags
    put(m_bytes, kDeflate, 2);
    put(m_bytes, 0, 2); // time
    put(m_bytes, kDate, 2);
    put(m_bytes, entry.crc, 4);
    put(m_bytes, entry.packed, 4);
    put(m_bytes, entry.size, 4);
    put(m_bytes, static_cast<std::uint32_t>(entry.name.size()), 2);
    put(m_bytes, 0, 2); // extra field
}

void ZipWriter::add(const std::string& name, std::string_view content) {
    const std::string packed = deflated(content);
    Entry entry{.name = name,
                .packed = static_cast<std::uint32_t>(packed.size()),
                .size = static_cast<std::uint32_t>(content.size()),
                .offset = static_cast<std::uint32_t>(m_bytes.size())};
    entry.crc = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(entry.size)));
    put(m_bytes, 0x04034b50, 4);
    putDescription(entry);
    m_bytes += name;
    m_bytes += packed;
    m_entries.push_back(std::move(entry));
}

std::string ZipWriter::finish() {
    const auto start = static_cast<std::uint32_t>(m_bytes.size());
    for (const Entry& entry : m_entries) {
        put(m_bytes, 0x02014b50, 4);
        put(m_bytes, kVersion, 2);
        putDescription(entry);
        put(m_bytes, 0, 2); // comment
        put(m_bytes, 0, 2); // disk
        put(m_bytes, 0, 2); // internal attributes
        put(m_bytes, 0, 4); // external attributes
        put(m_bytes, entry.offset, 4);
        m_bytes += entry.name;
    }
    const auto size = static_cast<std::uint32_t>(m_bytes.size()) - start;
    const auto count = static_cast<std::uint32_t>(m_entries.size());
    put(m_bytes, 0x06054b50, 4);
    put(m_bytes, 0, 2);
    put(m_bytes, 0, 2);
    put(m_bytes, count, 2);
    put(m_bytes, count, 2);
    put(m_bytes, size, 4);
    put(m_bytes, start, 4);
    put(m_bytes, 0, 2);
    return std::move(m_bytes);
}

} // namespace phial::exporting
