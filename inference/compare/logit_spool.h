// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <vector>

namespace phial::compare {

/// Logits of the reference model on the disk, so that two models never have to be in memory
/// together: written one position after the other, then read in the same order. The file has no
/// name and is gone when the object is. 800 kB a position for the full vocabulary.
class LogitSpool {
public:
    /// `columns`: size of the vocabulary. Throws Error{FileUnwritable}.
    explicit LogitSpool(std::int64_t columns);

    std::int64_t columns() const { return m_columns; }

    /// Throws Error{DiskFull, FileUnwritable}.
    void write(std::span<const float> logits);

    /// From writing to reading, from the first position on.
    void rewind();

    /// The next position; valid until the next call. Throws Error{FileUnreadable}.
    std::span<const float> read();

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    std::int64_t m_columns;
    std::unique_ptr<std::FILE, Close> m_file;
    std::vector<float> m_row;
};

} // namespace phial::compare
