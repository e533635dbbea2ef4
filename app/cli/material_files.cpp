// SPDX-License-Identifier: MIT
#include "app/cli/material_files.h"

#include "app/tasks/requests.h"
#include "inference/base/error.h"
#include "ui/contracts/media_types.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace phial::cli {
namespace {

std::string readText(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in.good() && !in.eof()) {
        throw Error(ErrorCode::FileUnreadable, "cannot read " + file);
    }
    return text;
}

/// Empty without one.
std::string rightAnswer(const std::string& file) {
    std::error_code ignored;
    for (const std::filesystem::path& path :
         {std::filesystem::path(file + ".txt"),
          std::filesystem::path(file).replace_extension(".txt")}) {
        if (std::filesystem::is_regular_file(path, ignored)) {
            return readText(path.string());
        }
    }
    return {};
}

} // namespace

std::vector<compare::Material> materialOf(RunContext& context, const MaterialFiles& files) {
    std::vector<compare::Material> list;
    for (const std::string& file : files.texts) {
        list.push_back({.name = nameOf(file), .text = {}, .request = {}, .right = {}});
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(file, ignored)) {
            throw Error(ErrorCode::FileUnreadable, "there is no text file " + file);
        }
        list.back().text = readText(file);
    }
    for (const std::string& file : files.sounds) {
        list.push_back({.name = nameOf(file),
                        .text = {},
                        .request = tasks::transcribe(context.inputs.clip(file)),
                        .right = rightAnswer(file)});
    }
    for (const std::string& file : files.pictures) {
        list.push_back({.name = nameOf(file),
                        .text = {},
                        .request = tasks::describeImages({context.inputs.picture(file)}, ""),
                        .right = rightAnswer(file)});
    }
    return list;
}

MaterialFiles sortedByKind(const std::vector<std::string>& files) {
    MaterialFiles sorted;
    for (const std::string& file : files) {
        const auto kind = ui::kindOfFile(QString::fromStdString(file));
        (kind == ui::AttachmentKind::Image   ? sorted.pictures
         : kind == ui::AttachmentKind::Audio ? sorted.sounds
                                             : sorted.texts)
            .push_back(file);
    }
    return sorted;
}

std::vector<std::string> allOf(const MaterialFiles& files) {
    std::vector<std::string> all = files.texts;
    all.insert(all.end(), files.sounds.begin(), files.sounds.end());
    all.insert(all.end(), files.pictures.begin(), files.pictures.end());
    return all;
}

std::string threeDigits(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3g", value);
    return text.data();
}

} // namespace phial::cli
