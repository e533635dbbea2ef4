// SPDX-License-Identifier: MIT
#include "app/cli/json_output.h"
#include "app/cli/meeting_commands.h"
#include "app/cli/meeting_run.h"
#include "app/cli/run_context.h"
#include "app/meetings/unicode_text.h"
#include "app/tasks/requests.h"

#include <utility>

namespace phial::cli {
namespace {

/// What the user named on the command line, so that answers can be told apart.
nlohmann::ordered_json withFile(const std::string& file, nlohmann::ordered_json answer) {
    nlohmann::ordered_json json = {{"file", file}};
    json.update(answer);
    return json;
}

ExitCode answerRequest(RunContext& context, Request request, const std::string* file) {
    const GenerationResult result = context.run(tasks::requestTask(std::move(request))).generation;
    if (context.isJson()) {
        nlohmann::ordered_json json = toJson(result, context.engine().info());
        context.write(file != nullptr ? withFile(*file, std::move(json)) : std::move(json));
    }
    return context.conclude(result);
}

/// One recording: written while it is heard, except when two texts have to be taken apart first.
ExitCode answerSpeech(RunContext& context, const std::string& file,
                      const tasks::SpeechOptions& options) {
    tasks::Task task = tasks::speechTask(context.inputs.sound(file), options);
    const bool both = options.kind == tasks::SpeechKind::TranscribeAndTranslate;
    tasks::TaskResult result;
    if (both && !context.isJson()) {
        GenerationEvents events;
        events.onProgress = [&context](const Progress& progress) {
            context.reporter.progress(progress);
        };
        events.onText = [&context](std::string_view) { return context.reporter.isRead(); };
        result = task(context.engine(), events, context.stop);
        for (const tasks::SpeechPart& part : result.parts) {
            context.reporter.answer(
                meetings::plainText(part.text + "\n" + part.translation + "\n"));
        }
    } else {
        result = context.run(task);
    }
    if (result.heard == tasks::Heard::Nothing &&
        result.generation.finishReason != FinishReason::Cancelled) {
        context.reporter.note("no speech heard in " + nameOf(file) + ".");
    }
    if (context.isJson()) {
        nlohmann::ordered_json json = toJson(result.generation, context.engine().info());
        json["speech_heard"] = result.heard == tasks::Heard::Speech;
        json["parts"] = nlohmann::ordered_json::array();
        for (const tasks::SpeechPart& part : result.parts) {
            json["parts"].push_back(toJson(part));
        }
        context.write(withFile(file, std::move(json)));
    }
    return context.conclude(result.generation);
}

} // namespace

ExitCode run(RunContext& context, const GenerateCommand& command) {
    Message message{.role = Role::User, .text = context.inputs.text(command.prompt)};
    for (const std::string& file : command.images) {
        message.images.push_back(context.inputs.picture(file));
    }
    for (const std::string& file : command.sounds) {
        message.clips.push_back(context.inputs.clip(file));
    }
    Request request;
    request.sampling = command.sampling;
    if (!command.system.empty()) {
        request.messages.push_back({.role = Role::System, .text = command.system});
    }
    request.messages.push_back(std::move(message));
    return answerRequest(context, std::move(request), nullptr);
}

ExitCode run(RunContext& context, const TranscribeCommand& command) {
    const std::vector<std::string> files = withoutFolders(context.services, command.files);
    prepareOutput(command.result, files.size());
    return context.forEachFile(files, [&](const std::string& file) {
        return needsPipeline(context, file, command.result) ? transcribeLong(context, file, command)
                                                            : answerSpeech(context, file, {});
    });
}

ExitCode run(RunContext& context, const TranslateCommand& command) {
    if (command.files.empty()) {
        return answerRequest(
            context, tasks::translateText(context.inputs.text(command.text), command.language),
            nullptr);
    }
    const tasks::SpeechOptions options{.kind = command.transcript == WithTranscript::Yes
                                                   ? tasks::SpeechKind::TranscribeAndTranslate
                                                   : tasks::SpeechKind::Translate,
                                       .language = command.language};
    const std::vector<std::string> files = withoutFolders(context.services, command.files);
    prepareOutput(command.result, files.size());
    return context.forEachFile(files, [&](const std::string& file) {
        return needsPipeline(context, file, command.result) ? translateLong(context, file, command)
                                                            : answerSpeech(context, file, options);
    });
}

ExitCode run(RunContext& context, const DescribeCommand& command) {
    return context.forEachFile(command.files, [&](const std::string& file) {
        return answerRequest(
            context, tasks::describeImages({context.inputs.picture(file)}, command.question),
            &file);
    });
}

} // namespace phial::cli
