// SPDX-License-Identifier: MIT
#include "app/meetings/library_index.h"

#include "app/meetings/sqlite.h"
#include "inference/base/error.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace phial::meetings {
namespace {

constexpr int kSchema = 2;
/// A needle of the trigram index.
constexpr std::size_t kTrigram = 3;

constexpr const char* kTables = R"(
CREATE TABLE meetings(id INTEGER PRIMARY KEY, folder TEXT UNIQUE, title TEXT, created TEXT);
CREATE TABLE lines(id INTEGER PRIMARY KEY, meeting INTEGER, segment INTEGER, start REAL,
                   speaker TEXT, text TEXT, indexed TEXT);
CREATE INDEX lines_of_meeting ON lines(meeting);
CREATE VIRTUAL TABLE words USING fts5(indexed, content='lines', content_rowid='id',
                                      tokenize='unicode61 remove_diacritics 2', prefix='2 3',
                                      detail=full);
CREATE VIRTUAL TABLE parts USING fts5(text, content='lines', content_rowid='id',
                                      tokenize='trigram', detail=full);
)";

bool isLetter(char32_t letter) {
    return u_isalnum(static_cast<UChar32>(letter)) != 0 ||
           u_charType(static_cast<UChar32>(letter)) == U_NON_SPACING_MARK;
}

bool isSplit(char32_t letter) {
    return isUnspacedScript(letter) && isLetter(letter);
}

/// Chinese and Japanese letters apart from each other, so that each becomes a word of the index.
std::string spacedOut(std::string_view text) {
    std::string spaced;
    bool after = false;
    for (const char32_t letter : codePoints(text)) {
        const bool split = isSplit(letter);
        if ((split || after) && !spaced.empty() && spaced.back() != ' ') {
            spaced.push_back(' ');
        }
        appendUtf8(spaced, letter);
        after = split;
    }
    return spaced;
}

/// The words of a query; letters of CJK runs stay together as one word here.
std::vector<std::string> wordsOf(std::string_view query) {
    std::vector<std::string> words;
    std::string word;
    std::optional<bool> kind; // whether the word so far is of split letters
    const auto close = [&] {
        if (!word.empty()) {
            words.push_back(std::exchange(word, {}));
        }
        kind.reset();
    };
    for (const char32_t letter : codePoints(query)) {
        if (!isLetter(letter)) {
            close();
            continue;
        }
        const bool split = isSplit(letter);
        if (kind && *kind != split) {
            close();
        }
        kind = split;
        appendUtf8(word, letter);
    }
    close();
    return words;
}

/// Query for the table of words. Words hold letters and digits only, so quoting is safe.
std::string matchOf(const std::vector<std::string>& words, std::string_view query) {
    std::string match;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool last = i + 1 == words.size();
        const std::size_t letters = codePoints(words[i]).size();
        const bool unfinished = last && letters > 1 && isLetter(codePoints(query).back());
        match += (i > 0 ? " AND \"" : "\"") + spacedOut(words[i]) + '"';
        if (unfinished && !isSplit(codePoints(words[i]).front())) {
            match += '*';
        }
    }
    return match;
}

} // namespace

class LibraryIndex::Database {
public:
    explicit Database(const std::filesystem::path& path)
        : file(path) {
        file.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=OFF");
        std::int64_t version = 0;
        {
            Statement read(file.handle(), "PRAGMA user_version");
            version = read.step() ? read.integer(0) : 0;
        }
        if (version != kSchema) {
            Transaction all(file);
            file.execute("DROP TABLE IF EXISTS words; DROP TABLE IF EXISTS parts;"
                         "DROP TABLE IF EXISTS lines; DROP TABLE IF EXISTS meetings;");
            file.execute(kTables);
            file.execute("PRAGMA user_version=" + std::to_string(kSchema));
            all.commit();
        }
    }

    void forget(const std::string& folder) {
        Statement find(file.handle(), "SELECT id FROM meetings WHERE folder=?");
        if (!find.bind(1, folder).step()) {
            return;
        }
        const std::int64_t meeting = find.integer(0);
        // The full-text tables keep no text of their own and must be told what they had.
        for (const char* sql :
             {"INSERT INTO words(words, rowid, indexed) SELECT 'delete', id, indexed FROM lines "
              "WHERE meeting=?",
              "INSERT INTO parts(parts, rowid, text) SELECT 'delete', id, text FROM lines "
              "WHERE meeting=?",
              "DELETE FROM lines WHERE meeting=?", "DELETE FROM meetings WHERE id=?"}) {
            Statement(file.handle(), sql).bind(1, meeting).run();
        }
    }

    void add(const MeetingEntry& meeting, const Transcript& transcript) {
        Statement head(file.handle(),
                       "INSERT INTO meetings(folder, title, created) VALUES(?, ?, ?)");
        head.bind(1, meeting.folder.filename().string())
            .bind(2, meeting.meta.title)
            .bind(3, meeting.meta.createdUtc)
            .run();
        const std::int64_t number = file.lastRow();
        Statement line(file.handle(), "INSERT INTO lines(meeting, segment, start, speaker, text, "
                                      "indexed) VALUES(?, ?, ?, ?, ?, ?)");
        Statement words(file.handle(), "INSERT INTO words(rowid, indexed) VALUES(?, ?)");
        Statement parts(file.handle(), "INSERT INTO parts(rowid, text) VALUES(?, ?)");
        const auto put = [&](std::int64_t segment, double start, const std::string& speaker,
                             const std::string& text) {
            if (text.empty()) {
                return;
            }
            const std::string spaced = spacedOut(text);
            line.bind(1, number).bind(2, segment).bind(3, start).bind(4, speaker).bind(5, text);
            line.bind(6, spaced).run();
            const std::int64_t row = file.lastRow();
            words.bind(1, row).bind(2, spaced).run();
            parts.bind(1, row).bind(2, text).run();
        };
        put(0, 0, {}, meeting.meta.title);
        for (const TranscriptSegment& segment : transcript.segments) {
            const double start = transcript.seconds(segment.startSample);
            put(segment.id, start, segment.speaker, segment.text);
            put(segment.id, start, segment.speaker, segment.translation);
        }
    }

    /// Rows of the lines that `condition` selects, given its one parameter.
    std::vector<SearchHit> hits(const std::string& condition, const std::string& parameter,
                                int limit) {
        Statement find(file.handle(),
                       "SELECT m.folder, m.title, m.created, l.segment, l.start, l.speaker, l.text "
                       "FROM (" +
                           condition +
                           " ORDER BY 1 DESC LIMIT ?) f "
                           "JOIN lines l ON l.id=f.hit JOIN meetings m ON m.id=l.meeting "
                           "ORDER BY m.created DESC, m.id, l.start");
        find.bind(1, std::string_view(parameter)).bind(2, std::int64_t{limit});
        std::vector<SearchHit> found;
        while (find.step()) {
            found.push_back({.folder = find.text(0),
                             .title = find.text(1),
                             .createdUtc = find.text(2),
                             .segmentId = find.integer(3),
                             .startSeconds = find.real(4),
                             .speaker = find.text(5),
                             .text = find.text(6)});
        }
        return found;
    }

    SqliteFile file;
};

LibraryIndex::LibraryIndex(const std::filesystem::path& file) {
    try {
        m_database = std::make_unique<Database>(file);
    } catch (const Error&) {
        // Nothing in it is precious.
        std::error_code ignored;
        for (const char* suffix : {"", "-wal", "-shm"}) {
            std::filesystem::remove(file.string() + suffix, ignored);
        }
        m_database = std::make_unique<Database>(file);
    }
}

LibraryIndex::~LibraryIndex() = default;

void LibraryIndex::put(const MeetingEntry& meeting, const Transcript& transcript) {
    Transaction all(m_database->file);
    m_database->forget(meeting.folder.filename().string());
    m_database->add(meeting, transcript);
    all.commit();
}

void LibraryIndex::remove(const std::filesystem::path& folder) {
    Transaction all(m_database->file);
    m_database->forget(folder.filename().string());
    all.commit();
}

std::vector<SearchHit> LibraryIndex::search(std::string_view query, int limit) {
    const std::vector<std::string> words = wordsOf(query);
    const std::size_t first = query.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) {
        return {};
    }
    query = query.substr(first, query.find_last_not_of(" \t\n") - first + 1);
    const std::string whole(query);
    std::vector<SearchHit> found;
    std::vector<std::string> marks = words;
    if (!words.empty()) {
        found = m_database->hits("SELECT rowid AS hit FROM words WHERE words MATCH ?",
                                 matchOf(words, query), limit);
    }
    if (found.empty() && words.size() <= 1) {
        // Part of a word, or marks that are no letters.
        marks = {whole};
        if (codePoints(query).size() >= kTrigram) {
            std::string quoted = "\"";
            for (const char c : whole) {
                quoted += c == '"' ? "\"\"" : std::string(1, c);
            }
            found = m_database->hits("SELECT rowid AS hit FROM parts WHERE parts MATCH ?",
                                     quoted + '"', limit);
        } else if (words.empty()) {
            found =
                m_database->hits("SELECT id AS hit FROM lines WHERE instr(text, ?)", whole, limit);
        }
    }
    for (SearchHit& hit : found) {
        for (const std::string& mark : marks) {
            const std::vector<TextRange> ranges = findFolded(hit.text, mark);
            hit.highlights.insert(hit.highlights.end(), ranges.begin(), ranges.end());
        }
        std::sort(hit.highlights.begin(), hit.highlights.end(),
                  [](const TextRange& a, const TextRange& b) { return a.begin < b.begin; });
    }
    return found;
}

std::vector<std::string> LibraryIndex::rebuild(const MeetingStore& store,
                                               const std::stop_token& stop) {
    Transaction all(m_database->file);
    m_database->file.execute("DELETE FROM lines; DELETE FROM meetings;"
                             "INSERT INTO words(words) VALUES('rebuild');"
                             "INSERT INTO parts(parts) VALUES('rebuild');");
    std::vector<std::string> problems;
    for (const MeetingEntry& meeting : store.list()) {
        if (stop.stop_requested()) {
            throw Error(ErrorCode::Cancelled, "Making the search index was stopped.");
        }
        Transcript transcript{.rateHz = 1};
        try {
            transcript = store.readTranscript(meeting.folder).value_or(transcript);
        } catch (const Error& error) {
            problems.emplace_back(error.what());
        }
        m_database->add(meeting, transcript);
    }
    all.commit();
    return problems;
}

std::int64_t LibraryIndex::segments() {
    Statement count(m_database->file.handle(), "SELECT count(*) FROM lines WHERE segment > 0");
    return count.step() ? count.integer(0) : 0;
}

} // namespace phial::meetings
