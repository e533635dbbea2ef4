// SPDX-License-Identifier: MIT
#include "inference/compare/logit_spool.h"

#include "inference/base/error.h"

#include <cerrno>
#include <cstring>
#include <string>

namespace phial::compare {

namespace {

[[noreturn]] void failWriting(int reason) {
    throw Error(reason == ENOSPC ? ErrorCode::DiskFull : ErrorCode::FileUnwritable,
                std::string("cannot keep the reference model's answers in a temporary file: ") +
                    std::strerror(reason) +
                    "; free some space for temporary files or compare fewer tokens (--tokens)");
}

} // namespace

LogitSpool::LogitSpool(std::int64_t columns)
    : m_columns(columns)
    , m_file(std::tmpfile())
    , m_row(static_cast<std::size_t>(columns)) {
    if (m_file == nullptr) {
        failWriting(errno);
    }
}

void LogitSpool::write(std::span<const float> logits) {
    check(std::ssize(logits) == m_columns, "logits of the spool's vocabulary");
    if (std::fwrite(logits.data(), sizeof(float), logits.size(), m_file.get()) != logits.size()) {
        failWriting(errno);
    }
}

void LogitSpool::rewind() {
    if (std::fflush(m_file.get()) != 0) {
        failWriting(errno);
    }
    std::rewind(m_file.get());
}

std::span<const float> LogitSpool::read() {
    if (std::fread(m_row.data(), sizeof(float), m_row.size(), m_file.get()) != m_row.size()) {
        throw Error(ErrorCode::FileUnreadable,
                    "the temporary file with the reference model's answers ended early");
    }
    return m_row;
}

} // namespace phial::compare
