// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace phial::package {

/// The journal of a partial package: first the identity of the work, then a line for every finished
/// tensor. A torn last line (the machine lost power) counts as not written. Locked against a second
/// process.
class WorkJournal {
public:
    static constexpr const char* kName = "journal";

    /// Whether a folder holds a journal of ours.
    static bool existsIn(const std::filesystem::path& folder);

    /// Keeps other processes and jobs from opening the journal of `folder`. Throws
    /// Error{InvalidArgument} while one has it open, Error{FileUnwritable}.
    class Lock {
    public:
        explicit Lock(const std::filesystem::path& folder);
        ~Lock();
        Lock(const Lock&) = delete;
        Lock& operator=(const Lock&) = delete;

    private:
        int m_file = -1;
    };

    /// Opens or creates `folder`/journal. `beforeCreate` runs before a new folder is made (disk
    /// check). Throws Error{InvalidArgument} when the folder holds other work or is in use,
    /// Error{FileUnwritable}.
    WorkJournal(std::filesystem::path folder, std::string identity,
                const std::function<void()>& beforeCreate);
    ~WorkJournal();
    WorkJournal(const WorkJournal&) = delete;
    WorkJournal& operator=(const WorkJournal&) = delete;

    /// Whether earlier work can be continued.
    bool resumed() const { return m_resumed; }

    /// Writes the identity, after the files of a new work are in place.
    void begin();

    bool isDone(std::string_view tensor) const { return m_done.contains(tensor); }

    void markDone(std::string_view tensor);

    /// Every line is on the disk when this returns.
    void sync();

    /// Deletes the journal, whose folder has been renamed to `folder` because the work is complete.
    /// A kill before this leaves one file too many, never a whole package that looks unfinished.
    static void removeFrom(const std::filesystem::path& folder);

private:
    void append(const std::string& line);
    [[noreturn]] void fail(int reason) const;

    std::filesystem::path m_folder;
    std::filesystem::path m_path;
    std::string m_identity;
    std::set<std::string, std::less<>> m_done;
    int m_file = -1;
    bool m_resumed = false;
};

} // namespace phial::package
