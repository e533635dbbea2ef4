// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/model_view.h"

#include <filesystem>
#include <string>
#include <vector>

namespace phial::app {

/// A package that is being made, or whose making was stopped.
struct UnfinishedPackage {
    std::filesystem::path source;
    std::filesystem::path destination; ///< its work lies in DESTINATION.partial
    std::string plan;
};

/// Which folders hold models: a list of folders of the user's, which are only referred to, and
/// Phial's own folder of packages, which is looked through. Kept in a JSON file. Calls read and
/// write the disk: not in the GUI thread. One thread.
class ModelFolders {
public:
    /// `file`: the list. `own`: Phial's folder of packages; made when it is needed. `builtIn`: the
    /// shipped model, or empty. A list that cannot be read counts as empty.
    ModelFolders(std::filesystem::path file, std::filesystem::path own,
                 std::filesystem::path builtIn);

    /// All models, the built-in one first, then in the order of their names. A folder that cannot
    /// be used is there with the reason.
    std::vector<ui::ModelView> look() const;

    /// Throws Error{FileUnwritable, DiskFull} when the list cannot be kept, as all below.
    void add(const std::filesystem::path& folder);

    /// Takes a folder off the list; deletes it when it lies in Phial's own folder. Others stay as
    /// they are.
    void remove(const std::filesystem::path& folder);

    void begin(const UnfinishedPackage& package);
    void finish(const std::filesystem::path& destination);

    /// The work behind an entry of the kind Unfinished, whose id is its destination.
    const UnfinishedPackage* unfinished(const std::filesystem::path& destination) const;

    const std::filesystem::path& own() const { return m_own; }

private:
    void read();
    void write() const;
    bool isOwn(const std::filesystem::path& folder) const;
    ui::ModelView view(const std::filesystem::path& folder) const;

    std::filesystem::path m_file;
    std::filesystem::path m_own;
    std::filesystem::path m_builtIn;
    std::vector<std::filesystem::path> m_folders;
    std::vector<UnfinishedPackage> m_unfinished;
};

} // namespace phial::app
