// SPDX-License-Identifier: MIT
// Recordings longer than the model takes at once, and results in a format, go through the meeting
// pipeline; short clips are answered at once.
#include "app/cli/meeting_commands.h"

#include "app/cli/json_output.h"
#include "app/cli/meeting_run.h"
#include "app/export/exporter.h"
#include "app/export/subtitle_reader.h"
#include "app/tasks/segmenter.h"
#include "inference/base/atomic_file.h"
#include "inference/base/error.h"

#include <system_error>
#include <utility>

namespace phial::cli {
namespace {

using meetings::Transcript;
using meetings::TranscriptSegment;

bool isLive(const RunContext& context, const ResultOptions& result) {
    return !context.isJson() && !result.format && result.output.empty();
}

nlohmann::ordered_json partsOf(const Transcript& transcript) {
    nlohmann::ordered_json parts = nlohmann::ordered_json::array();
    for (const TranscriptSegment& line : transcript.segments) {
        const double start = transcript.seconds(line.startSample);
        nlohmann::ordered_json part =
            toJson(tasks::SpeechPart{.startSeconds = start,
                                     .seconds = transcript.seconds(line.endSample) - start,
                                     .text = line.text,
                                     .translation = line.translation});
        if (!line.speaker.empty()) {
            part["speaker"] = line.speaker;
        }
        if (line.confidence >= 0) {
            part["confidence"] = line.confidence;
        }
        parts.push_back(std::move(part));
    }
    return parts;
}

std::string allText(const Transcript& transcript, exporting::Languages languages) {
    std::string text = exporting::plainText(transcript, languages, exporting::Times::Without);
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    return text;
}

void writeJson(RunContext& context, const std::string& file, const MeetingRun& run,
               std::string text, bool done) {
    GenerationResult total = run.total();
    total.text = std::move(text);
    total.finishReason = done ? total.finishReason : FinishReason::Cancelled;
    const Transcript transcript = run.transcript();
    nlohmann::ordered_json json = {{"file", file}};
    json.update(toJson(total, context.engine().info()));
    json["speech_heard"] = !transcript.segments.empty();
    json["parts"] = partsOf(transcript);
    context.write(json);
}

/// Ends a run: what is not done stays for the next time.
ExitCode conclude(MeetingRun& run, bool done) {
    if (!done) {
        run.tellHowToGoOn();
        return ExitCode::Cancelled;
    }
    run.finish();
    return ExitCode::Ok;
}

/// The summary without marks and links.
std::string plainSummary(const std::string& markdown) {
    std::string text;
    for (std::size_t at = 0; at < markdown.size();) {
        if (markdown.compare(at, 4, "](#t") == 0) {
            text += ']';
            at = std::min(markdown.find(')', at), markdown.size() - 1) + 1;
        } else if (markdown.compare(at, 2, "**") == 0) {
            at += 2;
        } else {
            text += markdown[at++];
        }
    }
    return text;
}

} // namespace

bool needsPipeline(RunContext& context, const std::string& file, const ResultOptions& result) {
    if (result.format || !result.output.empty() || result.keep == Keep::Yes ||
        meetingNamed(context.services, file) || exporting::isTranscriptFile(file)) {
        return true;
    }
    const double seconds = context.inputs.sound(file).seconds;
    return seconds <= 0 || seconds > tasks::kLongestSegmentSeconds;
}

void deliver(RunContext& context, const std::string& title, const std::string& bytes,
             std::string_view extension, const std::filesystem::path& output) {
    if (output.empty()) {
        context.reporter.answer(bytes);
        return;
    }
    std::error_code ignored;
    std::filesystem::path path = output;
    if (std::filesystem::is_directory(output, ignored)) {
        path /= title + "." + std::string(extension);
    }
    writeAtomically(path, bytes);
    context.reporter.note("wrote " + path.string() + ".");
}

void prepareOutput(const ResultOptions& result, std::size_t files) {
    if (files < 2 || result.output.empty()) {
        return;
    }
    std::error_code error;
    std::filesystem::create_directories(result.output, error);
    if (error) {
        throw Error(ErrorCode::FileUnwritable, "Cannot make the folder " + result.output.string() +
                                                   " for the results: " + error.message() + ".");
    }
}

ExitCode transcribeLong(RunContext& context, const std::string& file,
                        const TranscribeCommand& command) {
    MeetingRun run(context, file, command.result.keep);
    const bool live = isLive(context, command.result);
    std::function<void(const TranscriptSegment&)> onLine;
    if (live) {
        onLine = [&](const TranscriptSegment& line) {
            const std::string speaker = line.speaker.empty() ? "" : line.speaker + ": ";
            context.reporter.answer(speaker + line.text + "\n");
        };
    }
    const bool done = run.transcribe(command.language, onLine);
    const Transcript transcript = run.transcript();
    if (done && transcript.segments.empty()) {
        context.reporter.note("no speech heard in " + nameOf(file) + ".");
    }
    if (context.isJson()) {
        writeJson(context, file, run, allText(transcript, exporting::Languages::Original), done);
    } else if (!live) {
        const exporting::Format format = command.result.format.value_or(exporting::Format::Text);
        deliver(context, run.meta().title,
                exporting::exported(
                    transcript, {.title = run.meta().title, .createdUtc = run.meta().createdUtc},
                    format, exporting::Languages::Original),
                exporting::extensionOf(format), command.result.output);
    }
    return conclude(run, done);
}

ExitCode translateLong(RunContext& context, const std::string& file,
                       const TranslateCommand& command) {
    MeetingRun run(context, file, command.result.keep);
    const bool both = command.transcript == WithTranscript::Yes;
    const exporting::Languages languages =
        both ? exporting::Languages::Both : exporting::Languages::Translation;
    const bool done = run.transcribe({}) &&
                      run.run({.kind = meetings::JobKind::Translate, .language = command.language},
                              "translating " + run.meta().title);
    const Transcript transcript = run.transcript();
    if (done && transcript.segments.empty()) {
        context.reporter.note("no speech heard in " + nameOf(file) + ".");
    }
    if (context.isJson()) {
        writeJson(context, file, run, allText(transcript, languages), done);
    } else {
        const exporting::Format format = command.result.format.value_or(exporting::Format::Text);
        deliver(context, run.meta().title,
                exporting::exported(
                    transcript, {.title = run.meta().title, .createdUtc = run.meta().createdUtc},
                    format, languages),
                exporting::extensionOf(format), command.result.output);
    }
    return conclude(run, done);
}

ExitCode run(RunContext& context, const SummarizeCommand& command) {
    const std::vector<std::string> files = withoutFolders(context.services, command.files);
    prepareOutput(command.result, files.size());
    return context.forEachFile(files, [&](const std::string& file) {
        MeetingRun run(context, file, command.result.keep);
        const std::string what = command.prompt.empty() ? command.what : command.prompt;
        const bool written = command.first == WithTranscript::No || run.transcribe({});
        const bool done = written && run.run({.kind = meetings::JobKind::Summarize,
                                              .language = command.language,
                                              .detail = what},
                                             "summarizing " + run.meta().title);
        if (done) {
            const std::string name = command.prompt.empty() ? command.what : "own";
            const std::string text = readFile(run.folder() / ("summary-" + name + ".md"));
            if (context.isJson()) {
                context.write({{"file", file}, {"template", name}, {"summary", text}});
            } else {
                const bool plain = command.result.format == exporting::Format::Text;
                deliver(context, run.meta().title, plain ? plainSummary(text) : text,
                        plain ? "txt" : "md", command.result.output);
            }
        }
        return conclude(run, done);
    });
}

} // namespace phial::cli
