// SPDX-License-Identifier: MIT
#include "app/cli/collected_inputs.h"
#include "app/cli/json_output.h"
#include "app/cli/material_files.h"
#include "app/cli/run_context.h"
#include "app/cli/text_table.h"
#include "inference/compare/layer_errors.h"

#include <algorithm>
#include <thread>

namespace phial::cli {
namespace {

using Json = nlohmann::ordered_json;

void writeTable(RunContext& context, const std::vector<package::TensorError>& errors) {
    TextTable table({"tensor", "stored as", "bits each", "rows", "columns", "samples",
                     "output error", "weight error"});
    for (const package::TensorError& error : errors) {
        table.add({error.tensor, error.scheme, fixed(error.bitsPerWeight, 2),
                   std::to_string(error.rows), std::to_string(error.columns),
                   error.output ? std::to_string(error.samples) : "",
                   error.output ? threeDigits(*error.output) : "", threeDigits(error.weights)});
    }
    context.reporter.answer(table.text());
}

Json toJson(const package::TensorError& error) {
    Json json = {{"tensor", error.tensor},
                 {"stored_as", error.scheme},
                 {"bits_per_weight", error.bitsPerWeight},
                 {"rows", error.rows},
                 {"columns", error.columns},
                 {"weight_error", error.weights}};
    if (error.output) {
        json["samples"] = error.samples;
        json["output_error"] = *error.output;
    }
    return json;
}

} // namespace

ExitCode run(RunContext& context, const LayersCommand& command) {
    const std::vector<compare::Material> material = materialOf(context, command.files);
    EngineOptions model = context.loadOptions();
    const std::filesystem::path candidate = model.model;
    model.model = command.reference;
    model.adapters.clear();
    const compare::CollectedInputs collected = collectedInputs(
        context, {.model = model, .samples = command.samples, .tokens = command.tokens}, material);
    context.reporter.note("the reference has read " + std::to_string(collected.positions) +
                          " tokens.");
    const auto threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const std::vector<package::TensorError> errors = compare::layerErrors(
        command.reference, candidate, collected, threads,
        [&](std::size_t done, std::size_t total) {
            context.reporter.progressOf("comparing matrices", static_cast<int>(done),
                                        static_cast<int>(total));
        },
        context.stop);
    if (context.isJson()) {
        for (const package::TensorError& error : errors) {
            context.write(toJson(error));
        }
    } else {
        writeTable(context, errors);
    }
    return ExitCode::Ok;
}

} // namespace phial::cli
