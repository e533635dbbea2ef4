// SPDX-License-Identifier: MIT
#include "app/cli/meeting_command_line.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace phial::cli {
namespace {

constexpr const char* kFormats = MeetingCommands::kTranscriptFormats;
constexpr std::array<const char*, 5> kTemplates = {"minutes", "decisions", "actions", "questions",
                                                   "paragraph"};

std::optional<exporting::Format> formatOf(const std::string& word, const std::string& output) {
    return exporting::formatNamed(word.empty() ? std::filesystem::path(output).extension().string()
                                               : word);
}

} // namespace

void MeetingCommands::addResult(CLI::App& command, const std::string& formats) {
    command.add_option("--format", m_format, "Write the result as " + formats)->option_text("NAME");
    command
        .add_option("--output,-o", m_output,
                    "File for the result, or a folder when there are several")
        ->option_text("PATH");
    command.add_flag("--library", m_keep,
                     "Keep it in the library as a meeting, as the window does");
}

void MeetingCommands::addSummarize(CLI::App& command) {
    command
        .add_option("files", m_summarize.files,
                    "Sound or video files, meetings of the library, or transcripts (json, srt, "
                    "vtt); - is standard input")
        ->required();
    command
        .add_option("--template", m_summarize.what,
                    "minutes (default), decisions, actions, questions or paragraph")
        ->option_text("NAME");
    command.add_option("--prompt", m_summarize.prompt, "Your own words instead of a template")
        ->option_text("TEXT");
    command
        .add_option("--language", m_summarize.language,
                    "Language of the summary, whatever was spoken: German or de, ...")
        ->option_text("LANG");
    command.add_flag("--from-sound", m_fromSound,
                     "Listen and summarize without writing it down first (up to 30 minutes, as far "
                     "as the context of the model goes); lines then have no times");
    addResult(command, "txt or md");
}

void MeetingCommands::addTo(CLI::App& app, bool& json, bool& quiet) {
    CLI::App& record = *app.add_subcommand(
        "record", "Record a meeting until Ctrl-C; no model is needed. Writes the folder's name");
    record
        .add_option("--output,-o", m_record.output,
                    "New folder for the recording, instead of the library")
        ->option_text("DIR");
    record.add_option("--title", m_record.title, "Name of the meeting")->option_text("TEXT");
    record.add_option("--device", m_record.device,
                      "Microphone: a name that `phial devices --microphones` shows");
    record.add_flag("--system-audio", m_systemAudio,
                    "Record what the loudspeakers play on a second channel: me and others");
    record.add_option("--seconds", m_record.seconds, "End by itself after so much sound")
        ->check(CLI::PositiveNumber);
    record.add_flag("--json", json, "Write one line of JSON instead of text");
    record.add_flag("--quiet,-q", quiet, "Write no progress, notes or warnings");

    CLI::App& library = *app.add_subcommand("library", "Look into the library of meetings");
    library.require_subcommand(1);
    const auto add = [&](const char* name, const char* help) -> CLI::App& {
        CLI::App& command = *library.add_subcommand(name, help);
        command.add_flag("--json", json, "Write JSON, one line an entry");
        command.add_flag("--quiet,-q", quiet, "Write no notes or warnings");
        command.callback([this, name] { m_libraryAction = name; });
        return command;
    };
    add("list", "List all meetings, newest first");
    CLI::App& search = add("search", "Find words in all transcripts");
    search
        .add_option("words", m_library.words, "Every word must occur; the last may be a beginning")
        ->required();
    search.add_option("--limit", m_library.limit, "Most hits to show")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    CLI::App& exports = add("export", "Write the transcript of a meeting in a format");
    exports
        .add_option("meeting", m_library.meeting,
                    "Name of its folder, or its number of 8 digits and letters, or its title")
        ->required();
    exports.add_option("--format", m_format, std::string("Write it as ") + kFormats)
        ->option_text("NAME");
    exports.add_option("--output,-o", m_output, "File to write")->option_text("FILE");
    exports.add_option("--texts", m_texts, "original, translation or both (default: both)")
        ->option_text("WHICH");
    add("rebuild", "Make the search index anew from the folders");
}

std::string MeetingCommands::mistake(const std::string& name) const {
    if (!m_format.empty() && !exporting::formatNamed(m_format)) {
        return "unknown format \"" + m_format + "\"; known are " + kFormats;
    }
    if (!m_texts.empty() && m_texts != "original" && m_texts != "translation" &&
        m_texts != "both") {
        return "unknown choice \"" + m_texts +
               "\" for --texts; known are original, translation "
               "and both";
    }
    if (name == "summarize") {
        if (m_summarize.prompt.empty() &&
            std::find(kTemplates.begin(), kTemplates.end(), m_summarize.what) == kTemplates.end()) {
            return "unknown template \"" + m_summarize.what +
                   "\"; known are minutes, decisions, actions, questions and paragraph";
        }
        const std::optional<exporting::Format> format = result().format;
        if (format && *format != exporting::Format::Text &&
            *format != exporting::Format::Markdown) {
            return "a summary is written as txt or md; `phial transcribe` and `phial library "
                   "export` write the transcript in other formats";
        }
    }
    return {};
}

std::optional<Command> MeetingCommands::chosen(const std::string& name) const {
    if (name == "record") {
        RecordCommand command = m_record;
        command.systemAudio = m_systemAudio ? SystemAudio::Yes : SystemAudio::No;
        return command;
    }
    if (name == "summarize") {
        SummarizeCommand command = m_summarize;
        command.first = m_fromSound ? WithTranscript::No : WithTranscript::Yes;
        command.result = result();
        return command;
    }
    if (name == "library") {
        LibraryCommand command = m_library;
        command.result = result();
        command.texts = m_texts == "original"      ? exporting::Languages::Original
                        : m_texts == "translation" ? exporting::Languages::Translation
                                                   : exporting::Languages::Both;
        command.action = m_libraryAction == "search"    ? LibraryAction::Search
                         : m_libraryAction == "export"  ? LibraryAction::Export
                         : m_libraryAction == "rebuild" ? LibraryAction::Rebuild
                                                        : LibraryAction::List;
        return command;
    }
    return std::nullopt;
}

ResultOptions MeetingCommands::result() const {
    return {.format = formatOf(m_format, m_output),
            .output = m_output,
            .keep = m_keep ? Keep::Yes : Keep::No};
}

} // namespace phial::cli
