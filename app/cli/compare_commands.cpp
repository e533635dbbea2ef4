// SPDX-License-Identifier: MIT
#include "app/cli/json_output.h"
#include "app/cli/material_files.h"
#include "app/cli/run_context.h"
#include "app/cli/text_table.h"
#include "inference/compare/compare_models.h"

namespace phial::cli {
namespace {

using compare::Comparison;
using compare::Material;
using Json = nlohmann::ordered_json;

std::string percent(double share) {
    return fixed(100 * share, 1);
}

bool hasAnswers(const Comparison& row) {
    return row.words.length + row.characters.length + row.words.edits + row.characters.edits > 0;
}

void writeText(RunContext& context, const std::vector<Comparison>& rows) {
    TextTable table({"file", "tokens", "KL mean", "KL 99 %", "same token %", "perplexity",
                     "reference's", "WER %", "reference's", "CER %", "reference's"});
    for (const Comparison& row : rows) {
        const compare::Divergence& d = row.divergence;
        std::vector<std::string> cells = {row.name,
                                          std::to_string(d.positions()),
                                          threeDigits(d.meanKl()),
                                          threeDigits(d.quantileKl(0.99)),
                                          percent(d.agreement()),
                                          fixed(d.perplexity(), 3),
                                          fixed(d.referencePerplexity(), 3)};
        if (hasAnswers(row)) {
            for (const evaluate::EditCount& count :
                 {row.words, row.referenceWords, row.characters, row.referenceCharacters}) {
                cells.push_back(percent(count.rate()));
            }
        }
        cells.resize(11);
        table.add(std::move(cells));
    }
    context.reporter.answer(table.text());
}

Json toJson(const Comparison& row) {
    const compare::Divergence& d = row.divergence;
    Json json = {{"file", row.name},
                 {"tokens", d.positions()},
                 {"kl_mean", d.meanKl()},
                 {"kl_99", d.quantileKl(0.99)},
                 {"top1_agreement", d.agreement()},
                 {"perplexity", d.perplexity()},
                 {"reference_perplexity", d.referencePerplexity()}};
    if (hasAnswers(row)) {
        json["wer"] = row.words.rate();
        json["reference_wer"] = row.referenceWords.rate();
        json["cer"] = row.characters.rate();
        json["reference_cer"] = row.referenceCharacters.rate();
    }
    return json;
}

} // namespace

ExitCode run(RunContext& context, const CompareCommand& command) {
    const std::vector<Material> material = materialOf(context, command.files);
    compare::CompareOptions options;
    options.candidate = context.loadOptions();
    options.reference = options.candidate;
    options.reference.model = command.reference;
    options.reference.adapters.clear(); // an adapter is the candidate's
    options.tokens = command.tokens;
    compare::CompareEvents events;
    events.onProgress = [&](const Progress& progress) { context.reporter.progress(progress); };
    events.onMaterial = [&](compare::Side side, std::size_t done) {
        context.reporter.note(
            (side == compare::Side::Reference ? "the reference has read " : "the model has read ") +
            material[done - 1].name + ", " + std::to_string(done) + " of " +
            std::to_string(material.size()) + ".");
    };
    std::vector<Comparison> rows = compare::compareModels(options, material, events, context.stop);
    if (rows.size() > 1) {
        Comparison all;
        for (const Comparison& row : rows) {
            all += row;
        }
        all.name = "all";
        rows.push_back(std::move(all));
    }
    if (context.isJson()) {
        for (const Comparison& row : rows) {
            context.write(toJson(row));
        }
    } else {
        writeText(context, rows);
    }
    return ExitCode::Ok;
}

} // namespace phial::cli
