// SPDX-License-Identifier: MIT
#include "app/documents/byte_source.h"

#include "app/documents/ffmpeg.h"
#include "inference/base/error.h"

extern "C" {
#include <libavutil/error.h>
#include <libavutil/mem.h>
}

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace phial::documents {
namespace {

constexpr int kBufferBytes = 64 * 1024;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

class FileSource final : public ByteSource {
public:
    explicit FileSource(std::FILE* file)
        : m_file(file) {}

private:
    int read(std::uint8_t* out, int size) override {
        const std::size_t count = std::fread(out, 1, static_cast<std::size_t>(size), m_file.get());
        return count == 0 && std::ferror(m_file.get()) != 0 ? -1 : static_cast<int>(count);
    }

    std::int64_t seek(std::int64_t offset, int whence) override {
        return fseeko(m_file.get(), offset, whence) == 0 ? ftello(m_file.get()) : -1;
    }

    std::int64_t size() override {
        const std::int64_t here = ftello(m_file.get());
        if (here < 0 || fseeko(m_file.get(), 0, SEEK_END) != 0) {
            return -1;
        }
        const std::int64_t end = ftello(m_file.get());
        return fseeko(m_file.get(), here, SEEK_SET) == 0 ? end : -1;
    }

    std::unique_ptr<std::FILE, CloseFile> m_file;
};

class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::vector<std::byte> bytes)
        : m_bytes(std::move(bytes)) {}

private:
    int read(std::uint8_t* out, int size) override {
        const std::size_t count =
            std::min(static_cast<std::size_t>(size), m_bytes.size() - m_position);
        std::memcpy(out, m_bytes.data() + m_position, count);
        m_position += count;
        return static_cast<int>(count);
    }

    std::int64_t seek(std::int64_t offset, int whence) override {
        std::int64_t base = 0;
        if (whence == SEEK_CUR) {
            base = static_cast<std::int64_t>(m_position);
        } else if (whence == SEEK_END) {
            base = size();
        }
        const std::int64_t target = base + offset;
        if (target < 0 || target > size()) {
            return -1;
        }
        m_position = static_cast<std::size_t>(target);
        return target;
    }

    std::int64_t size() override { return static_cast<std::int64_t>(m_bytes.size()); }

    std::vector<std::byte> m_bytes;
    std::size_t m_position = 0;
};

[[noreturn]] void throwEmpty(const std::string& name) {
    throw Error(ErrorCode::BadMedia, "The file \"" + name + "\" is empty; expected sound.");
}

} // namespace

ByteSource::ByteSource() {
    loadFfmpeg();
    auto* const buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
    if (buffer != nullptr) {
        m_context = avio_alloc_context(buffer, kBufferBytes, 0, this, &ByteSource::onRead, nullptr,
                                       &ByteSource::onSeek);
    }
    if (m_context == nullptr) {
        av_free(buffer);
        throw Error(ErrorCode::OutOfHostMemory, "There is no memory left to open a file.");
    }
}

ByteSource::~ByteSource() {
    av_freep(&m_context->buffer); // FFmpeg may have put another buffer in its place
    avio_context_free(&m_context);
}

std::unique_ptr<ByteSource> ByteSource::fromFile(const std::filesystem::path& path) {
    std::error_code problem;
    if (std::filesystem::is_directory(path, problem)) {
        throw Error(ErrorCode::FileUnreadable,
                    "\"" + path.string() + "\" is a folder; expected a sound or video file.");
    }
    std::FILE* const file = std::fopen(path.c_str(), "rbe");
    if (file == nullptr) {
        throw Error(ErrorCode::FileUnreadable, "The file \"" + path.string() +
                                                   "\" cannot be read (" +
                                                   std::generic_category().message(errno) +
                                                   "); check its name and permissions.");
    }
    auto source = std::make_unique<FileSource>(file);
    if (std::filesystem::is_regular_file(path, problem) &&
        std::filesystem::file_size(path, problem) == 0) {
        throwEmpty(path.filename().string());
    }
    return source;
}

std::unique_ptr<ByteSource> ByteSource::fromMemory(std::vector<std::byte> bytes,
                                                   const std::string& name) {
    if (bytes.empty()) {
        throwEmpty(name);
    }
    return std::make_unique<MemorySource>(std::move(bytes));
}

int ByteSource::onRead(void* self, std::uint8_t* out, int size) noexcept {
    const int count = static_cast<ByteSource*>(self)->read(out, size);
    if (count < 0) {
        return AVERROR(EIO);
    }
    return count == 0 ? AVERROR_EOF : count;
}

std::int64_t ByteSource::onSeek(void* self, std::int64_t offset, int whence) noexcept {
    auto* const source = static_cast<ByteSource*>(self);
    if ((whence & AVSEEK_SIZE) != 0) {
        return source->size();
    }
    return source->seek(offset, whence & ~AVSEEK_FORCE);
}

} // namespace phial::documents
