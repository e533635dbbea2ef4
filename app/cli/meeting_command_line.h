// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/command_line.h"

#include <optional>
#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace phial::cli {

/// The words of the command line about recordings and the library, and of results that are written
/// in a format. Lives until the command line has been parsed.
class MeetingCommands {
public:
    /// Adds `record` and `library`.
    void addTo(CLI::App& app, bool& json, bool& quiet);

    static constexpr const char* kTranscriptFormats = "txt, md, srt, vtt, json, csv or docx";

    /// Adds --format, --output and --library to a command whose result can be written in `formats`.
    void addResult(CLI::App& command, const std::string& formats = kTranscriptFormats);

    /// Adds what only `summarize` has.
    void addSummarize(CLI::App& command);

    /// What is wrong with the words given for command `name`; empty when nothing is.
    std::string mistake(const std::string& name) const;

    /// The command that `name` means, if it is one of these.
    std::optional<Command> chosen(const std::string& name) const;

    /// For the commands that addResult() was called for.
    ResultOptions result() const;

private:
    RecordCommand m_record;
    SummarizeCommand m_summarize;
    LibraryCommand m_library;
    std::string m_libraryAction;
    std::string m_format;
    std::string m_texts;
    std::string m_output;
    bool m_keep = false;
    bool m_fromSound = false;
    bool m_systemAudio = false;
};

} // namespace phial::cli
