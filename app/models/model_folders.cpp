// SPDX-License-Identifier: MIT
#include "app/models/model_folders.h"

#include "inference/base/atomic_file.h"
#include "inference/base/error.h"
#include "inference/package/manifest.h"
#include "inference/package/package_info.h"
#include "inference/weights/model_folder.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

namespace phial::app {
namespace {

namespace fs = std::filesystem;

QString text(const fs::path& path) {
    return QString::fromStdString(path.string());
}

/// The folder's own name, also for "phi/".
fs::path normal(const fs::path& folder) {
    fs::path path = fs::absolute(folder).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

fs::path partialOf(const fs::path& destination) {
    return destination.string() + ".partial";
}

void describe(const fs::path& folder, ui::ModelView& view) {
    if (package::Manifest::existsIn(folder)) {
        const package::PackageInfo info = package::readPackageInfo(folder);
        view.kind = ui::ModelKind::Package;
        view.bytes = static_cast<qint64>(info.bytes);
        view.plan = QString::fromStdString(info.manifest.plan);
        view.source = QString::fromStdString(info.manifest.sourceName);
        return;
    }
    const weights::ModelFolder model = weights::openModelFolder(folder);
    view.kind = ui::ModelKind::Checkpoint;
    std::set<fs::path> files;
    for (const auto& [name, entry] : model.checkpoint.tensors()) {
        files.insert(entry.file->path());
    }
    for (const fs::path& file : files) {
        view.bytes += static_cast<qint64>(fs::file_size(file));
    }
}

} // namespace

ModelFolders::ModelFolders(fs::path file, fs::path own, fs::path builtIn)
    : m_file(std::move(file))
    , m_own(std::move(own))
    , m_builtIn(std::move(builtIn)) {
    read();
}

void ModelFolders::read() {
    std::error_code ignored;
    if (!fs::exists(m_file, ignored)) {
        return;
    }
    nlohmann::json json;
    try {
        json = nlohmann::json::parse(readFile(m_file), nullptr, false);
    } catch (const Error&) {
        return; // models can be added again; the window must not stay away
    }
    if (!json.is_object()) {
        return;
    }
    const auto word = [](const nlohmann::json& object, const char* key) {
        const auto found = object.find(key);
        return found != object.end() && found->is_string() ? found->get<std::string>()
                                                           : std::string();
    };
    if (const auto list = json.find("folders"); list != json.end() && list->is_array()) {
        for (const nlohmann::json& folder : *list) {
            if (folder.is_string()) {
                m_folders.emplace_back(folder.get<std::string>());
            }
        }
    }
    if (const auto list = json.find("unfinished"); list != json.end() && list->is_array()) {
        for (const nlohmann::json& each : *list) {
            if (each.is_object() && !word(each, "destination").empty()) {
                m_unfinished.push_back(
                    {word(each, "source"), word(each, "destination"), word(each, "plan")});
            }
        }
    }
}

void ModelFolders::write() const {
    nlohmann::json json = {{"folders", nlohmann::json::array()},
                           {"unfinished", nlohmann::json::array()}};
    for (const fs::path& folder : m_folders) {
        json["folders"].push_back(folder.string());
    }
    for (const UnfinishedPackage& package : m_unfinished) {
        json["unfinished"].push_back({{"source", package.source.string()},
                                      {"destination", package.destination.string()},
                                      {"plan", package.plan}});
    }
    std::error_code ignored; // writing tells
    fs::create_directories(m_file.parent_path(), ignored);
    writeAtomically(m_file, json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
}

bool ModelFolders::isOwn(const fs::path& folder) const {
    return normal(folder).parent_path() == normal(m_own);
}

ui::ModelView ModelFolders::view(const fs::path& folder) const {
    ui::ModelView view;
    view.id = text(folder);
    view.name = text(folder.filename());
    view.own = isOwn(folder);
    try {
        describe(folder, view);
    } catch (const Error& error) {
        view.kind = ui::ModelKind::Unusable;
        view.problem = QString::fromUtf8(error.what());
    } catch (const std::exception& error) { // of the file system
        view.kind = ui::ModelKind::Unusable;
        view.problem = QString::fromUtf8(error.what());
    }
    return view;
}

std::vector<ui::ModelView> ModelFolders::look() const {
    std::set<fs::path> folders(m_folders.begin(), m_folders.end());
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(m_own, ignored)) {
        if (entry.is_directory(ignored) && entry.path().extension() != ".partial") {
            folders.insert(normal(entry.path()));
        }
    }
    std::vector<ui::ModelView> views;
    for (const fs::path& folder : folders) {
        views.push_back(view(folder));
    }
    for (const UnfinishedPackage& package : m_unfinished) {
        if (!fs::exists(partialOf(package.destination), ignored)) {
            continue; // it failed before anything was made, or somebody deleted it
        }
        ui::ModelView unfinished;
        unfinished.id = text(package.destination);
        unfinished.name = text(package.destination.filename());
        unfinished.kind = ui::ModelKind::Unfinished;
        unfinished.plan = QString::fromStdString(package.plan);
        unfinished.source = text(package.source);
        unfinished.own = isOwn(package.destination);
        views.push_back(std::move(unfinished));
    }
    std::stable_sort(views.begin(), views.end(), [](const auto& a, const auto& b) {
        return a.name.localeAwareCompare(b.name) < 0;
    });
    if (!m_builtIn.empty()) {
        ui::ModelView own = view(m_builtIn);
        own.own = false;
        own.kind = own.kind == ui::ModelKind::Unusable ? own.kind : ui::ModelKind::BuiltIn;
        views.insert(views.begin(), std::move(own));
    }
    return views;
}

void ModelFolders::add(const fs::path& folder) {
    const fs::path path = normal(folder);
    if (std::find(m_folders.begin(), m_folders.end(), path) == m_folders.end() && !isOwn(path)) {
        m_folders.push_back(path);
        write();
    }
}

void ModelFolders::remove(const fs::path& folder) {
    const fs::path path = normal(folder);
    std::erase(m_folders, path);
    const bool unfinishedWork =
        std::erase_if(m_unfinished, [&](const auto& p) { return p.destination == path; }) > 0;
    write();
    const fs::path remains = unfinishedWork ? partialOf(path) : path;
    // Work that was stopped is ours wherever it lies; all else outside our folder is the user's.
    if (unfinishedWork || isOwn(path)) {
        std::error_code error;
        fs::remove_all(remains, error);
        if (error) {
            throw Error(ErrorCode::FileUnwritable,
                        "cannot delete " + remains.string() + ": " + error.message());
        }
    }
}

void ModelFolders::begin(const UnfinishedPackage& package) {
    if (unfinished(package.destination) == nullptr) {
        m_unfinished.push_back({normal(package.source), normal(package.destination), package.plan});
        write();
    }
}

void ModelFolders::finish(const fs::path& destination) {
    const fs::path path = normal(destination);
    std::erase_if(m_unfinished, [&](const auto& package) { return package.destination == path; });
    if (!isOwn(path) && std::find(m_folders.begin(), m_folders.end(), path) == m_folders.end()) {
        m_folders.push_back(path);
    }
    write();
}

const UnfinishedPackage* ModelFolders::unfinished(const fs::path& destination) const {
    const fs::path path = normal(destination);
    const auto found =
        std::find_if(m_unfinished.begin(), m_unfinished.end(),
                     [&](const auto& package) { return package.destination == path; });
    return found == m_unfinished.end() ? nullptr : &*found;
}

} // namespace phial::app
