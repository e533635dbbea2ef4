// SPDX-License-Identifier: MIT
#include "app/meetings/meeting_store.h"

#include "app/meetings/transcript_json.h"
#include "app/meetings/unicode_text.h"
#include "inference/base/atomic_file.h"
#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>
#include <set>
#include <utility>

namespace phial::meetings {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kMetaSchema = 1;
constexpr std::size_t kLongestSlug = 40;
constexpr const char* kTrash = ".trash";

[[noreturn]] void failWriting(const fs::path& path, const std::error_code& error) {
    throw Error(error == std::errc::no_space_on_device ? ErrorCode::DiskFull
                                                       : ErrorCode::FileUnwritable,
                "Cannot change " + path.string() + ": " + error.message() + ".");
}

void makeFolders(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        failWriting(folder, error);
    }
}

std::string newId() {
    std::random_device random;
    std::array<char, 9> text{};
    std::snprintf(text.data(), text.size(), "%08x", static_cast<unsigned>(random()));
    return text.data();
}

std::string metaJson(const MeetingMeta& meta) {
    Json root;
    root["schema"] = kMetaSchema;
    root["id"] = meta.id;
    root["title"] = validUtf8(meta.title);
    root["created"] = meta.createdUtc;
    root["seconds"] = meta.seconds;
    root["language"] = meta.language;
    root["audio"] = meta.audio;
    if (meta.isPart()) {
        root["from"] = meta.fromSeconds;
        root["to"] = meta.toSeconds;
    }
    if (!meta.source.empty()) {
        root["source"] = meta.source;
    }
    if (meta.copyWanted) {
        root["copy_wanted"] = true;
    }
    root["recovered"] = meta.recovered;
    if (!meta.channels.empty()) {
        root["channels"] = meta.channels;
    }
    return root.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::vector<fs::path> filesIn(const fs::path& folder, std::string_view prefix) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->path().filename().string().rfind(prefix, 0) == 0) {
            found.push_back(entry->path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// What a folder tells without its meta.json: "2026-11-21-budget-0a1b2c3d".
MeetingMeta metaFromName(const fs::path& folder) {
    const std::string name = folder.filename().string();
    MeetingMeta meta;
    meta.title = name;
    constexpr std::size_t kDate = 10;
    if (name.size() > kDate) {
        meta.createdUtc = name.substr(0, kDate) + "T00:00:00Z";
    }
    std::error_code ignored;
    if (fs::exists(folder / "audio.wav", ignored)) {
        meta.audio = {"audio.wav"};
        return meta;
    }
    for (const fs::path& file : filesIn(folder, "imported")) {
        if (file.stem() == "imported") { // not one that is not finished
            meta.audio = {file.filename().string()};
        }
    }
    return meta;
}

template <typename Value>
void take(const Json& root, const char* key, Value& value) {
    const auto found = root.find(key);
    if (found == root.end()) {
        return;
    }
    try {
        found->get_to(value);
    } catch (const Json::exception&) {
        return; // a damaged field leaves what the folder's name tells
    }
}

/// Whether the recorder writes files of that name.
bool isOfARecording(const fs::path& file) {
    const std::string name = file.filename().string();
    return name == "journal.jsonl" || (name.rfind("audio", 0) == 0 && file.extension() == ".wav");
}

/// `name` in `folder`, or with a number behind it when that is taken.
fs::path freeName(const fs::path& folder, const std::string& name) {
    fs::path path = folder / name;
    for (int i = 2; fs::exists(path); ++i) {
        path = folder / (name + "-" + std::to_string(i));
    }
    return path;
}

void moveFolder(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::rename(from, to, error);
    if (error) {
        failWriting(from, error);
    }
}

} // namespace

std::string slugOf(std::string_view title) {
    std::string slug;
    for (const char32_t letter : codePoints(title)) {
        const char32_t plain = foldedLetter(letter);
        const bool keep = (plain >= 'a' && plain <= 'z') || (plain >= '0' && plain <= '9');
        if (keep) {
            slug.push_back(static_cast<char>(plain));
        } else if (!slug.empty() && slug.back() != '-') {
            slug.push_back('-');
        }
        if (slug.size() == kLongestSlug) {
            break;
        }
    }
    while (!slug.empty() && slug.back() == '-') {
        slug.pop_back();
    }
    return slug.empty() ? "meeting" : slug;
}

std::string MeetingMeta::outsideFile() const {
    return audio.size() == 1 && fs::path(audio[0]).is_absolute() ? audio[0] : std::string();
}

MeetingStore::MeetingStore(fs::path root, fs::path elsewhere)
    : m_root(std::move(root))
    , m_elsewhere(std::move(elsewhere)) {}

fs::path MeetingStore::trashFolder() const {
    return m_root / kTrash;
}

MeetingEntry MeetingStore::create(const std::string& title, const std::string& createdUtc) {
    makeFolders(m_root);
    MeetingEntry meeting;
    meeting.meta = {.id = newId(), .title = title, .createdUtc = createdUtc};
    constexpr std::size_t kDate = 10;
    meeting.folder =
        m_root / (createdUtc.substr(0, kDate) + "-" + slugOf(title) + "-" + meeting.meta.id);
    std::error_code error;
    if (!fs::create_directory(meeting.folder, error)) {
        failWriting(meeting.folder, error ? error : std::make_error_code(std::errc::file_exists));
    }
    saveMeta(meeting);
    return meeting;
}

MeetingMeta MeetingStore::readMeta(const fs::path& folder) const {
    MeetingMeta meta = metaFromName(folder);
    std::string text;
    try {
        text = readFile(folder / "meta.json");
    } catch (const Error&) {
        return meta;
    }
    const Json root = Json::parse(text, nullptr, false);
    if (!root.is_object()) {
        return meta;
    }
    take(root, "id", meta.id);
    take(root, "title", meta.title);
    take(root, "created", meta.createdUtc);
    take(root, "seconds", meta.seconds);
    take(root, "language", meta.language);
    take(root, "audio", meta.audio);
    take(root, "from", meta.fromSeconds);
    take(root, "to", meta.toSeconds);
    take(root, "source", meta.source);
    take(root, "copy_wanted", meta.copyWanted);
    take(root, "recovered", meta.recovered);
    take(root, "channels", meta.channels);
    return meta;
}

void MeetingStore::saveMeta(const MeetingEntry& meeting) const {
    writeAtomically(meeting.folder / "meta.json", metaJson(meeting.meta));
}

std::vector<MeetingEntry> MeetingStore::listIn(const fs::path& root) const {
    std::vector<MeetingEntry> all;
    std::error_code error;
    for (fs::directory_iterator entry(root, error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code ignored;
        const bool hidden = entry->path().filename().string().front() == '.';
        if (!hidden && entry->is_directory(ignored)) {
            all.push_back({.folder = entry->path(), .meta = readMeta(entry->path())});
        }
    }
    std::sort(all.begin(), all.end(), [](const MeetingEntry& a, const MeetingEntry& b) {
        return std::pair(a.meta.createdUtc, a.folder) > std::pair(b.meta.createdUtc, b.folder);
    });
    return all;
}

std::vector<MeetingEntry> MeetingStore::list() const {
    return listIn(m_root);
}

std::optional<Transcript> MeetingStore::readTranscript(const fs::path& folder) const {
    std::error_code ignored;
    if (!fs::exists(folder / "transcript.json", ignored)) {
        return std::nullopt;
    }
    return loadTranscript(folder / "transcript.json");
}

void MeetingStore::saveTranscript(const fs::path& folder, const Transcript& transcript) const {
    meetings::saveTranscript(transcript, folder / "transcript.json");
}

fs::path MeetingStore::keepRevision(const fs::path& folder) const {
    std::error_code ignored;
    if (!fs::exists(folder / "transcript.json", ignored)) {
        return {};
    }
    makeFolders(folder / "transcript.rev");
    std::array<char, 24> name{};
    std::snprintf(name.data(), name.size(), "%04zu.json", revisions(folder).size() + 1);
    const fs::path kept = freeName(folder / "transcript.rev", name.data());
    writeAtomically(kept, readFile(folder / "transcript.json"));
    return kept;
}

std::vector<fs::path> MeetingStore::revisions(const fs::path& folder) const {
    return filesIn(folder / "transcript.rev", "");
}

std::string MeetingStore::readNotes(const fs::path& folder) const {
    std::error_code ignored;
    return fs::exists(folder / "notes.md", ignored) ? readFile(folder / "notes.md") : "";
}

void MeetingStore::saveNotes(const fs::path& folder, const std::string& markdown) const {
    writeAtomically(folder / "notes.md", markdown);
}

std::vector<fs::path> MeetingStore::summaries(const fs::path& folder) const {
    std::vector<fs::path> found = filesIn(folder, "summary-");
    std::erase_if(found, [](const fs::path& path) { return path.extension() != ".md"; });
    return found;
}

fs::path MeetingStore::moveToTrash(const fs::path& folder) const {
    makeFolders(trashFolder());
    const fs::path target = freeName(trashFolder(), folder.filename().string());
    moveFolder(folder, target);
    std::error_code ignored; // the time of deletion decides when it goes for good
    fs::last_write_time(target, fs::file_time_type::clock::now(), ignored);
    return target;
}

std::vector<MeetingEntry> MeetingStore::trash() const {
    std::vector<MeetingEntry> all = listIn(trashFolder());
    std::stable_sort(all.begin(), all.end(), [](const MeetingEntry& a, const MeetingEntry& b) {
        std::error_code ignored;
        return fs::last_write_time(a.folder, ignored) > fs::last_write_time(b.folder, ignored);
    });
    return all;
}

fs::path MeetingStore::restore(const fs::path& trashed) const {
    const fs::path target = freeName(m_root, trashed.filename().string());
    moveFolder(trashed, target);
    return target;
}

void MeetingStore::deleteSoundElsewhere(const fs::path& trashed) const {
    if (m_elsewhere.empty()) {
        return;
    }
    std::set<fs::path> folders{m_elsewhere / trashed.filename()};
    for (const std::string& name : readMeta(trashed).audio) {
        const fs::path folder = fs::path(name).parent_path(); // the trash may have changed the name
        if (folder.parent_path() == m_elsewhere) {
            folders.insert(folder);
        }
    }
    for (const fs::path& folder : folders) {
        std::error_code error;
        if (fs::is_symlink(folder, error) || fs::exists(m_root / folder.filename(), error)) {
            continue; // a meeting of that name is there again: it is the sound of that one
        }
        for (const fs::path& file : filesIn(folder, "")) {
            if (isOfARecording(file) && !fs::remove(file, error) && error) {
                failWriting(file, error);
            }
        }
        fs::remove(folder, error); // stays when something else lies in it
    }
}

void MeetingStore::deleteForever(const fs::path& trashed) const {
    if (trashed.lexically_normal().parent_path() != trashFolder().lexically_normal() ||
        fs::is_symlink(trashed)) {
        throw Error(ErrorCode::InvalidArgument,
                    trashed.string() + " is not in the trash of " + m_root.string() + ".");
    }
    deleteSoundElsewhere(trashed);
    std::error_code error;
    fs::remove_all(trashed, error);
    if (error) {
        failWriting(trashed, error);
    }
}

int MeetingStore::emptyTrash(std::chrono::hours age) const {
    int count = 0;
    const auto oldest = fs::file_time_type::clock::now() - age;
    for (const MeetingEntry& meeting : trash()) {
        std::error_code error;
        const auto deleted = fs::last_write_time(meeting.folder, error);
        if (!error && deleted < oldest) {
            deleteForever(meeting.folder);
            ++count;
        }
    }
    return count;
}

} // namespace phial::meetings
