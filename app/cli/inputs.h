// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/reporter.h"
#include "app/documents/audio_file_reader.h"
#include "app/tasks/task.h"
#include "inference/preprocess/media.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

class QGuiApplication;

namespace phial::cli {

/// Reads what a command names: files, or standard input for "-". Notes about damaged or scaled
/// media go to the reporter.
class Inputs {
public:
    Inputs(const Streams& streams, Reporter& reporter, std::stop_token stop);
    ~Inputs();

    /// The word itself, or all of standard input for "-". Throws Error{FileUnreadable} for input
    /// that is not UTF-8 text.
    std::string text(const std::string& word);

    std::shared_ptr<const Image> picture(const std::string& file);
    std::shared_ptr<const AudioClip> clip(const std::string& file);

    /// Writes all of standard input to a file, for work that needs one.
    void saveInput(const std::filesystem::path& path);

    /// Sound of a file of any length, read while it is listened to.
    tasks::SoundSource sound(const std::string& file);

private:
    const std::string& readAll();
    std::unique_ptr<documents::AudioFileReader> open(const std::string& file);

    const Streams& m_streams;
    Reporter& m_reporter;
    std::stop_token m_stop;
    std::optional<std::string> m_input; ///< standard input, which can be read only once
    std::unique_ptr<QGuiApplication>
        m_application; ///< made for the first picture: drawings may need fonts
};

/// "standard input" for "-", else the file's name.
std::string nameOf(const std::string& file);

} // namespace phial::cli
