// SPDX-License-Identifier: MIT
#include "app/cli/meeting_run.h"
#include "app/cli/run_context.h"
#include "app/cli/text_table.h"
#include "app/evaluate/suite_run.h"
#include "app/export/text_formats.h"
#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace phial::cli {
namespace {

using evaluate::Figure;
using evaluate::SuiteScores;

std::filesystem::path suiteFolder(const RunContext& context, const EvaluateCommand& command) {
    if (command.suite != "embedded") {
        return command.suite;
    }
    if (command.extent == SuiteExtent::Sample) {
        return context.services.resources / "suites/embedded";
    }
    const std::filesystem::path folder = context.services.cacheDirectory / "suites/embedded";
    if (!std::filesystem::exists(folder / "suite.json")) {
        throw Error(ErrorCode::FileUnreadable,
                    "The whole suite is not shipped but made from its seeds: run "
                    "python3 resources/models/embedded/training/suite.py \"" +
                        folder.string() + "\" first.");
    }
    return folder;
}

/// What is said in a recording, through the meeting pipeline as `phial transcribe` does it.
std::string transcribed(RunContext& context, const std::filesystem::path& file) {
    MeetingRun run(context, file.string(), Keep::No);
    run.transcribe({});
    std::string text = exporting::plainText(run.transcript(), exporting::Languages::Original,
                                            exporting::Times::Without);
    std::replace(text.begin(), text.end(), '\n', ' '); // a line a sentence
    run.finish();                                      // a part of it is of no use to a later run
    return text;
}

/// Asks the context's present model everything.
SuiteScores ask(RunContext& context, const evaluate::Suite& suite, ShowAnswers answers) {
    const evaluate::MediaReaders readers{
        .clip = [&](const std::filesystem::path& file) { return context.inputs.clip(file); },
        .picture = [&](const std::filesystem::path& file) { return context.inputs.picture(file); },
        .transcript =
            [&](const std::filesystem::path& file) { return transcribed(context, file); }};
    Engine& engine = context.engine();
    return evaluate::runSuite(
        engine, suite, readers,
        [&](const evaluate::AnsweredCase& next) {
            context.reporter.progressOf("evaluating", next.done,
                                        static_cast<int>(suite.cases.size()));
            if (answers == ShowAnswers::No) {
                return;
            }
            if (context.isJson()) {
                context.write({{"case", next.asked.name},
                               {"right", next.asked.answer},
                               {"given", next.given}});
            } else {
                context.reporter.answer(next.asked.name + "\n  right: " + next.asked.answer +
                                        "\n  given: " + next.given + "\n");
            }
        },
        context.stop);
}

/// One figure of one task as it is told.
struct Line {
    std::string task;
    int cases = 0;
    Figure figure;
    std::optional<double> reference;
    std::optional<double> floor;

    /// Points by which the model is worse than the reference.
    double loss() const {
        return figure.better == evaluate::Better::Lower ? figure.value - *reference
                                                        : *reference - figure.value;
    }

    bool ok() const { return !floor || evaluate::meets(figure, *floor); }
};

std::vector<Line> linesOf(const SuiteScores& scores, const SuiteScores* reference,
                          const std::map<std::string, double>& floors) {
    std::vector<Line> lines;
    for (std::size_t task = 0; task < scores.size(); ++task) {
        const auto& [name, score] = scores[task];
        const std::vector<Figure> figures = score.figures();
        for (std::size_t i = 0; i < figures.size(); ++i) {
            Line line{.task = name, .cases = score.cases(), .figure = figures[i]};
            if (reference != nullptr && task < reference->size()) {
                line.reference = (*reference)[task].second.figures().at(i).value;
            }
            if (const auto floor = floors.find(name); i == 0 && floor != floors.end()) {
                line.floor = floor->second;
            }
            lines.push_back(std::move(line));
        }
    }
    return lines;
}

void writeText(RunContext& context, const std::vector<Line>& lines, bool compared) {
    std::vector<std::string> head = {"task", "cases", "figure", "model"};
    if (compared) {
        head.insert(head.end(), {"reference", "loss"});
    }
    head.emplace_back("floor");
    TextTable table(head);
    const auto number = [](const std::optional<double>& value) {
        return value ? fixed(*value, 1) : std::string();
    };
    for (const Line& line : lines) {
        std::vector<std::string> cells = {line.task, std::to_string(line.cases), line.figure.name,
                                          fixed(line.figure.value, 1)};
        if (compared) {
            cells.push_back(number(line.reference));
            cells.push_back(line.reference ? fixed(line.loss(), 1) : std::string());
        }
        cells.push_back(number(line.floor) + (line.ok() ? "" : " MISSED"));
        table.add(std::move(cells));
    }
    context.reporter.answer(table.text());
}

void writeJson(RunContext& context, const std::vector<Line>& lines) {
    for (const Line& line : lines) {
        nlohmann::ordered_json json = {{"task", line.task},
                                       {"cases", line.cases},
                                       {"figure", line.figure.name},
                                       {"model", line.figure.value}};
        if (line.reference) {
            json["reference"] = *line.reference;
            json["loss"] = line.loss();
        }
        if (line.floor) {
            json["floor"] = *line.floor;
            json["ok"] = line.ok();
        }
        context.write(json);
    }
}

} // namespace

ExitCode run(RunContext& context, const EvaluateCommand& command) {
    const evaluate::Suite suite = evaluate::readSuite(suiteFolder(context, command));
    std::filesystem::path compared = command.reference;
    if (command.suite == "embedded" && context.engineOptions().model.empty() && compared.empty()) {
        // What four bits cost the shipped model: its package beside its own weights.
        const std::filesystem::path models = context.services.resources / "models";
        context.changeModel(models / "embedded-4bit");
        compared = models / "embedded";
    }
    const SuiteScores scores = ask(context, suite, command.answers);
    std::optional<SuiteScores> reference;
    if (!compared.empty() && !context.stop.stop_requested()) {
        context.changeModel(compared);
        reference = ask(context, suite, command.answers);
    }
    const std::vector<Line> lines =
        linesOf(scores, reference ? &*reference : nullptr, suite.floors);
    if (context.isJson()) {
        writeJson(context, lines);
    } else {
        writeText(context, lines, reference.has_value());
    }
    if (context.stop.stop_requested()) {
        context.reporter.note("cancelled; the figures are of the cases so far.");
        return ExitCode::Cancelled;
    }
    const bool ok =
        std::all_of(lines.begin(), lines.end(), [](const Line& line) { return line.ok(); });
    return ok ? ExitCode::Ok : ExitCode::Failed;
}

} // namespace phial::cli
