// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/meeting_store.h"
#include "app/meetings/transcript.h"
#include "app/meetings/unicode_text.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace phial::meetings {

struct SearchHit {
    std::filesystem::path folder; ///< of the meeting, name only
    std::string title;
    std::string createdUtc;
    std::int64_t segmentId = 0; ///< 0 = the hit is in the title
    double startSeconds = 0;
    std::string speaker;
    std::string text;
    std::vector<TextRange> highlights; ///< in `text`
};

/// Search over all meetings, in one SQLite file that can be deleted at any time: the folders are
/// the truth. Every word must occur; the last one may be a beginning; case and accents do not
/// matter. Chinese and Japanese are found from one letter on (they are indexed letter by letter,
/// since the tokenizer of FTS5 would take a sentence for one word), parts of words from three
/// letters on. Throws Error{FileUnreadable} or Error{FileUnwritable}; a damaged file is made anew.
/// One thread at a time.
class LibraryIndex {
public:
    /// Opens or makes the file.
    explicit LibraryIndex(const std::filesystem::path& file);
    ~LibraryIndex();

    LibraryIndex(const LibraryIndex&) = delete;
    LibraryIndex& operator=(const LibraryIndex&) = delete;

    /// Makes what is known of a meeting the same as this. Only lines that differ are written, since
    /// a transcription tells of its lines every few seconds, all day long. Returns how many those
    /// were, old and new.
    std::int64_t put(const MeetingEntry& meeting, const Transcript& transcript);
    void remove(const std::filesystem::path& folder);

    /// Newest first, at most `limit`. An empty query finds nothing.
    std::vector<SearchHit> search(std::string_view query, int limit = 200);

    /// Forgets everything and reads all folders. A meeting that cannot be read is left out and
    /// named in the result.
    std::vector<std::string> rebuild(const MeetingStore& store, const std::stop_token& stop = {});

    std::int64_t segments();

private:
    class Database;
    std::unique_ptr<Database> m_database;
};

} // namespace phial::meetings
