// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct AVIOContext;

namespace phial::documents {

/// What FFmpeg reads from: one open file, or bytes in memory. With this between, FFmpeg never sees
/// a path or an address and so can open nothing by itself. One thread at a time.
class ByteSource {
public:
    virtual ~ByteSource();

    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;

    /// Throws Error{FileUnreadable} when the file cannot be opened, and Error{BadMedia} when it is
    /// empty.
    static std::unique_ptr<ByteSource> fromFile(const std::filesystem::path& path);
    static std::unique_ptr<ByteSource> fromMemory(std::vector<std::byte> bytes,
                                                  const std::string& name);

    /// Valid as long as this object.
    AVIOContext* context() const { return m_context; }

protected:
    ByteSource();

    /// Bytes read into `out`; 0 at the end, negative on a failure.
    virtual int read(std::uint8_t* out, int size) = 0;
    /// New position, or negative. `whence` as of fseek().
    virtual std::int64_t seek(std::int64_t offset, int whence) = 0;
    virtual std::int64_t size() = 0;

private:
    static int onRead(void* self, std::uint8_t* out, int size) noexcept;
    static std::int64_t onSeek(void* self, std::int64_t offset, int whence) noexcept;

    AVIOContext* m_context = nullptr;
};

} // namespace phial::documents
