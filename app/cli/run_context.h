// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/cli.h"
#include "app/cli/command_line.h"
#include "app/cli/exit_code.h"
#include "app/cli/inputs.h"
#include "app/cli/reporter.h"
#include "app/tasks/task.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace phial::cli {

/// What all commands of one run share. Commands throw Error; runCli turns it into a sentence and an
/// exit status.
class RunContext {
public:
    RunContext(const Streams& streams, const Services& services, const CommonOptions& options,
               std::stop_token stop);

    /// Loads the model on the first call: after a command's inputs have been read, so that a wrong
    /// file name is told at once.
    Engine& engine();

    /// The model of the next engine(); the one before is let go.
    void changeModel(const std::filesystem::path& folder);

    /// The options to load with: the shipped model where none is named, and where to keep
    /// pipelines. Throws Error{FileUnreadable} when nothing is named and nothing was shipped.
    EngineOptions loadOptions() const;

    /// Runs a task and, in text mode, writes its answer while it comes.
    tasks::TaskResult run(const tasks::Task& task);

    /// Ends a text answer with a line end and says why it is short. Returns Cancelled or Ok.
    ExitCode conclude(const GenerationResult& result);

    /// One line of JSON.
    void write(const nlohmann::ordered_json& json);

    /// For several files: does each, goes on after one that cannot be read, and returns the worst
    /// that happened.
    ExitCode forEachFile(const std::vector<std::string>& files,
                         const std::function<ExitCode(const std::string&)>& work);

    const EngineOptions& engineOptions() const { return m_options.engine; }

    bool isJson() const { return m_options.output == OutputKind::Json; }

    Phase phase() const { return m_phase; }

    const Streams& streams;
    const Services& services;
    std::stop_token stop;
    Reporter reporter;
    Inputs inputs;

private:
    CommonOptions m_options;
    Phase m_phase = Phase::Working;
    std::unique_ptr<Engine> m_engine;
};

ExitCode run(RunContext& context, const GenerateCommand& command);
ExitCode run(RunContext& context, const TranscribeCommand& command);
ExitCode run(RunContext& context, const TranslateCommand& command);
ExitCode run(RunContext& context, const DescribeCommand& command);
ExitCode run(RunContext& context, const DevicesCommand& command);
ExitCode run(RunContext& context, const ProbeCommand& command, const CommonOptions& options);
ExitCode run(RunContext& context, const SamplesCommand& command);
ExitCode run(RunContext& context, const EvaluateCommand& command);
ExitCode run(RunContext& context, const SummarizeCommand& command);
ExitCode run(RunContext& context, const RecordCommand& command);
ExitCode run(RunContext& context, const LibraryCommand& command);
ExitCode run(RunContext& context, const QuantizeCommand& command);
ExitCode run(RunContext& context, const VerifyCommand& command);
ExitCode run(RunContext& context, const InfoCommand& command);
ExitCode run(RunContext& context, const CompareCommand& command);
ExitCode run(RunContext& context, const LayersCommand& command);
ExitCode run(RunContext& context, const BenchCommand& command, const CommonOptions& options);

} // namespace phial::cli
