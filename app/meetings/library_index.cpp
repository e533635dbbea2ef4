// SPDX-License-Identifier: MIT
#include "app/meetings/library_index.h"

#include "app/meetings/sqlite.h"
#include "inference/base/error.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_set>
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

/// One text that can be found.
struct IndexLine {
    std::int64_t segment = 0; ///< 0 = the title
    double start = 0;         ///< seconds
    std::string_view speaker;
    std::string_view text;

    std::size_t hash() const {
        std::size_t all = 0;
        for (const std::size_t one :
             {std::hash<std::int64_t>()(segment), std::hash<double>()(start),
              std::hash<std::string_view>()(speaker), std::hash<std::string_view>()(text)}) {
            all = all * 0x9E3779B97F4A7C15U + one;
        }
        return all;
    }
};

void forEachLine(const MeetingEntry& meeting, const Transcript& transcript,
                 const std::function<void(const IndexLine&)>& take) {
    const auto put = [&](const IndexLine& line) {
        if (!line.text.empty()) {
            take(line);
        }
    };
    put({.text = meeting.meta.title});
    for (const TranscriptSegment& segment : transcript.segments) {
        const double start = transcript.seconds(segment.startSample);
        put({segment.id, start, segment.speaker, segment.text});
        put({segment.id, start, segment.speaker, segment.translation});
    }
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
        const std::int64_t meeting = numberOf(folder);
        if (meeting != 0) {
            forgetLines("meeting=?", meeting);
            Statement(file.handle(), "DELETE FROM meetings WHERE id=?").bind(1, meeting).run();
        }
    }

    /// Number of lines.
    std::int64_t add(const MeetingEntry& meeting, const Transcript& transcript) {
        const std::int64_t number = addMeeting(meeting);
        std::int64_t count = 0;
        Adding adding(file);
        forEachLine(meeting, transcript, [&](const IndexLine& line) {
            adding.add(number, line);
            ++count;
        });
        return count;
    }

    /// Number of lines that are written or forgotten.
    std::int64_t change(const MeetingEntry& meeting, const Transcript& transcript) {
        const std::int64_t number = numberOf(meeting.folder.filename().string());
        if (number == 0) {
            return add(meeting, transcript);
        }
        Statement(file.handle(), "UPDATE meetings SET title=?, created=? WHERE id=?")
            .bind(1, meeting.meta.title)
            .bind(2, meeting.meta.createdUtc)
            .bind(3, number)
            .run();
        std::unordered_multiset<std::size_t> missing; // hashes: the texts are long
        forEachLine(meeting, transcript,
                    [&](const IndexLine& line) { missing.insert(line.hash()); });
        std::vector<std::int64_t> gone;
        {
            Statement known(file.handle(),
                            "SELECT id, segment, start, speaker, text FROM lines WHERE meeting=?");
            known.bind(1, number);
            while (known.step()) {
                const std::string speaker = known.text(3);
                const std::string text = known.text(4);
                const IndexLine line{known.integer(1), known.real(2), speaker, text};
                const auto same = missing.find(line.hash());
                if (same == missing.end()) {
                    gone.push_back(known.integer(0));
                } else {
                    missing.erase(same);
                }
            }
        }
        for (const std::int64_t row : gone) {
            forgetLines("id=?", row);
        }
        const auto changes = static_cast<std::int64_t>(gone.size() + missing.size());
        Adding adding(file);
        forEachLine(meeting, transcript, [&](const IndexLine& line) {
            const auto wanted = missing.find(line.hash());
            if (wanted != missing.end()) {
                missing.erase(wanted);
                adding.add(number, line);
            }
        });
        return changes;
    }

    std::int64_t segments() {
        Statement count(file.handle(), "SELECT count(*) FROM lines WHERE segment > 0");
        return count.step() ? count.integer(0) : 0;
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

private:
    /// Three statements that are ready for line after line.
    class Adding {
    public:
        explicit Adding(SqliteFile& file)
            : m_file(file)
            , m_line(file.handle(), "INSERT INTO lines(meeting, segment, start, speaker, text, "
                                    "indexed) VALUES(?, ?, ?, ?, ?, ?)")
            , m_words(file.handle(), "INSERT INTO words(rowid, indexed) VALUES(?, ?)")
            , m_parts(file.handle(), "INSERT INTO parts(rowid, text) VALUES(?, ?)") {}

        void add(std::int64_t meeting, const IndexLine& line) {
            const std::string spaced = spacedOut(line.text);
            m_line.bind(1, meeting).bind(2, line.segment).bind(3, line.start);
            m_line.bind(4, line.speaker).bind(5, line.text).bind(6, spaced).run();
            const std::int64_t row = m_file.lastRow();
            m_words.bind(1, row).bind(2, spaced).run();
            m_parts.bind(1, row).bind(2, line.text).run();
        }

    private:
        SqliteFile& m_file;
        Statement m_line;
        Statement m_words;
        Statement m_parts;
    };

    /// 0 when it is not known.
    std::int64_t numberOf(const std::string& folder) {
        Statement find(file.handle(), "SELECT id FROM meetings WHERE folder=?");
        return find.bind(1, folder).step() ? find.integer(0) : 0;
    }

    std::int64_t addMeeting(const MeetingEntry& meeting) {
        Statement(file.handle(), "INSERT INTO meetings(folder, title, created) VALUES(?, ?, ?)")
            .bind(1, meeting.folder.filename().string())
            .bind(2, meeting.meta.title)
            .bind(3, meeting.meta.createdUtc)
            .run();
        return file.lastRow();
    }

    void forgetLines(const std::string& condition, std::int64_t parameter) {
        // The full-text tables keep no text of their own and must be told what they had.
        for (const char* sql :
             {"INSERT INTO words(words, rowid, indexed) SELECT 'delete', id, indexed FROM lines "
              "WHERE ",
              "INSERT INTO parts(parts, rowid, text) SELECT 'delete', id, text FROM lines WHERE ",
              "DELETE FROM lines WHERE "}) {
            Statement(file.handle(), sql + condition).bind(1, parameter).run();
        }
    }
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

std::int64_t LibraryIndex::put(const MeetingEntry& meeting, const Transcript& transcript) {
    Transaction all(m_database->file);
    const std::int64_t changes = m_database->change(meeting, transcript);
    all.commit();
    return changes;
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
    return m_database->segments();
}

} // namespace phial::meetings
