// SPDX-License-Identifier: MIT
#include "app/cli/run_context.h"

#include "app/cli/json_output.h"
#include "app/meetings/unicode_text.h"
#include "inference/base/error.h"

#include <ostream>
#include <utility>

namespace phial::cli {

RunContext::RunContext(const Streams& streamsOfRun, const Services& servicesOfRun,
                       const CommonOptions& options, std::stop_token stopOfRun)
    : streams(streamsOfRun)
    , services(servicesOfRun)
    , stop(std::move(stopOfRun))
    , reporter(streams, options.chatter)
    , inputs(streams, reporter, stop)
    , m_options(options) {}

EngineOptions RunContext::loadOptions() const {
    EngineOptions options = m_options.engine;
    if (options.model.empty()) {
        if (services.resources.empty()) {
            throw Error(
                ErrorCode::FileUnreadable,
                "The shipped model was not found beside the program; name a folder with --model.");
        }
        options.model = services.resources / "models/embedded";
    }
    if (!services.cacheDirectory.empty()) {
        options.device.pipelineCacheDirectory = services.cacheDirectory / "pipelines";
    }
    return options;
}

Engine& RunContext::engine() {
    if (m_engine != nullptr) {
        return *m_engine;
    }
    m_phase = Phase::Loading;
    const bool shipped = m_options.engine.model.empty();
    const EngineOptions options = loadOptions();
    m_engine = services.loadEngine(
        options, [this](const Progress& progress) { reporter.progress(progress); }, stop);
    const EngineInfo info = m_engine->info();
    if (info.deviceKind == gpu::DeviceKind::Software) {
        reporter.note("warning: using the software device " + info.deviceName +
                      ": right, but slow.");
    }
    if (shipped) {
        reporter.note(
            "built-in mini model: a demonstration; add Phi-4-multimodal for real work (--model "
            "with the folder of microsoft/Phi-4-multimodal-instruct). It knows simple English "
            "sentences about meetings, their translations into German, Spanish and French, large "
            "print, simple charts (with some mistakes), questions about Phial, and little else.");
    }
    m_phase = Phase::Working;
    return *m_engine;
}

void RunContext::changeModel(const std::filesystem::path& folder) {
    m_engine.reset();
    m_options.engine.model = folder;
    m_options.engine.adapters.clear(); // they belong to the model before
}

tasks::TaskResult RunContext::run(const tasks::Task& task) {
    GenerationEvents events;
    events.onProgress = [this](const Progress& progress) { reporter.progress(progress); };
    events.onText = [this](std::string_view text) {
        if (!isJson()) {
            reporter.answer(meetings::plainText(text)); // or a model could steer the terminal
        }
        return reporter.isRead();
    };
    tasks::TaskResult result = task(engine(), events, stop);
    if (result.circled) {
        reporter.note("the model began to say the same over and over and was stopped.");
    }
    return result;
}

ExitCode RunContext::conclude(const GenerationResult& result) {
    if (!isJson()) {
        reporter.answer("\n");
    }
    switch (result.finishReason) {
    case FinishReason::EndOfTurn:
    case FinishReason::StopString:
        return ExitCode::Ok;
    case FinishReason::TokenLimit:
        reporter.note("the answer was cut off at the token limit.");
        return ExitCode::Ok;
    case FinishReason::ContextFull:
        reporter.note("the answer was cut off because the context is full.");
        return ExitCode::Ok;
    case FinishReason::Cancelled:
        reporter.note("cancelled.");
        return ExitCode::Cancelled;
    }
    return ExitCode::Ok;
}

void RunContext::write(const nlohmann::ordered_json& json) {
    // Replacing is a safeguard only: all text is UTF-8 already, but file names need not be.
    reporter.answer(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
                    "\n");
}

ExitCode RunContext::forEachFile(const std::vector<std::string>& files,
                                 const std::function<ExitCode(const std::string&)>& work) {
    ExitCode worst = ExitCode::Ok;
    for (const std::string& file : files) {
        ExitCode code = ExitCode::Ok;
        try {
            if (files.size() > 1 && !isJson()) {
                reporter.answer((&file == files.data() ? "" : "\n") + nameOf(file) + ":\n");
            }
            code = work(file);
        } catch (const Error& error) {
            code = exitCodeOf(error.code(), m_phase);
            if (code != ExitCode::Input) {
                throw; // the next file would fail the same way
            }
            reporter.error(error.what());
            if (isJson()) {
                nlohmann::ordered_json json = toJson(error);
                json["file"] = file;
                write(json);
            }
        }
        if (code == ExitCode::Cancelled) {
            return code;
        }
        worst = code == ExitCode::Ok ? worst : code;
    }
    return worst;
}

} // namespace phial::cli
