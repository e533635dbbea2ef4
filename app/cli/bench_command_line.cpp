// SPDX-License-Identifier: MIT
#include "app/cli/bench_command_line.h"

#include <CLI/CLI.hpp>

#include <charconv>
#include <map>
#include <optional>
#include <utility>

namespace phial::cli {
namespace {

const std::map<std::string, bench::Shape> kShapes = {{"phi4mm", bench::Shape::Phi4Multimodal},
                                                     {"phi4-mini", bench::Shape::Phi4Mini}};

bench::MatrixFormat sq(int bits) {
    return {WeightFormat::Packed, {.coding = quant::Coding::Sq, .bits = bits}};
}

const std::map<std::string, bench::MatrixFormat> kFormats = {{"bf16", {WeightFormat::BF16, {}}},
                                                             {"f16", {WeightFormat::F16, {}}},
                                                             {"f32", {WeightFormat::F32, {}}},
                                                             {"sq2", sq(2)},
                                                             {"sq3", sq(3)},
                                                             {"sq4", sq(4)},
                                                             {"sq5", sq(5)},
                                                             {"sq6", sq(6)},
                                                             {"sq8", sq(8)}};

/// "1344x768" -> width, height.
std::optional<std::pair<int, int>> sizeFrom(const std::string& text) {
    const std::size_t cross = text.find('x');
    if (cross == std::string::npos) {
        return std::nullopt;
    }
    const auto number = [](std::string_view part) {
        int value = 0;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
        return error == std::errc() && end == part.data() + part.size() ? value : 0;
    };
    const std::pair<int, int> size = {number(std::string_view(text).substr(0, cross)),
                                      number(std::string_view(text).substr(cross + 1))};
    return size.first > 0 && size.second > 0 && size.first <= 20000 && size.second <= 20000
               ? std::optional(size)
               : std::nullopt;
}

} // namespace

void BenchWords::addTo(CLI::App& command) {
    std::map<std::string, bench::Work> works;
    for (const bench::Work work : bench::kAllWorks) {
        works.emplace(bench::workName(work), work);
    }
    command
        .add_option("works", m_works,
                    "What to measure: load, decode, prefill, first-token, audio, image (default: "
                    "all that the model can); drafts: answers that copy their prompt or do not, "
                    "with and without guessed tokens; or quantize: a matrix into each format of "
                    "packages on one thread, without a model")
        ->transform(CLI::CheckedTransformer(works, CLI::ignore_case))
        ->option_text("WORK...");
    command
        .add_option("--shape", m_shape,
                    "Random weights of these true shapes instead of a model folder: phi4mm or "
                    "phi4-mini")
        ->check(CLI::IsMember(kShapes))
        ->option_text("NAME");
    command
        .add_option("--layers", m_options.cuts.layers,
                    "With --shape: so many layers of each network (0: all)")
        ->check(CLI::Range(0, 1000));
    command
        .add_option("--vocabulary", m_options.cuts.vocabulary,
                    "With --shape: so many words in the vocabulary (0: all)")
        ->check(CLI::Range(0, 1000000));
    command
        .add_option("--format", m_format,
                    "With --shape: format of the matrices: bf16, f16, f32, sq2 to sq6, sq8")
        ->check(CLI::IsMember(kFormats))
        ->option_text("NAME");
    const std::map<std::string, models::Adapter> adapters = {{"none", models::Adapter::None},
                                                             {"speech", models::Adapter::Speech},
                                                             {"vision", models::Adapter::Vision}};
    command
        .add_option("--adapter", m_options.adapter,
                    "Adapter of the decoder: none (text), speech or vision")
        ->transform(CLI::CheckedTransformer(adapters, CLI::ignore_case))
        ->option_text("NAME");
    command
        .add_option("--at", m_options.contexts,
                    "Tokens of context at which decode and first-token are measured")
        ->delimiter(',')
        ->check(CLI::Range(0, 131071))
        ->option_text("N,N,...");
    command.add_option("--prompt-tokens", m_options.promptTokens, "Length of prefill's prompt")
        ->check(CLI::Range(1, 131071))
        ->capture_default_str();
    command
        .add_option("--steps", m_options.steps,
                    "Tokens that decode writes in a round; drafts writes eight times as many")
        ->check(CLI::Range(1, 10000))
        ->capture_default_str();
    command.add_option("--rounds", m_options.rounds, "Rounds; the medians are shown")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command.add_option("--seconds", m_options.audioSeconds, "Length of audio's recording")
        ->check(CLI::Range(0.1, 3600.0))
        ->capture_default_str();
    command.add_option("--picture", m_picture, "Size of image's picture")
        ->option_text("WIDTHxHEIGHT")
        ->capture_default_str();
    command.add_flag("--ops", m_ops, "Show the time of each operation");
    command.add_flag("--tune", m_tune,
                     "Measure every kernel of the matrix products on this device and keep the "
                     "quickest, which is used from then on; --format limits it to one format");
}

std::string BenchWords::mistake(const std::string& model) const {
    if (!m_shape.empty() && !model.empty()) {
        return "bench measures either --model or --shape";
    }
    if (m_tune && (!m_shape.empty() || !model.empty() || !m_works.empty())) {
        return "--tune measures matrix products alone: no work, --model or --shape";
    }
    if (m_shape.empty() && !m_tune &&
        (m_options.cuts.layers > 0 || m_options.cuts.vocabulary > 0 || !m_format.empty())) {
        return "--layers, --vocabulary and --format need --shape";
    }
    return sizeFrom(m_picture) ? "" : "--picture needs a size such as 1344x768";
}

BenchCommand BenchWords::command() const {
    BenchCommand command{.options = m_options,
                         .syntheticModel = !m_shape.empty(),
                         .perOp = m_ops ? PerOp::Yes : PerOp::No,
                         .tune = m_tune ? Tune::Yes : Tune::No};
    command.options.works = m_works;
    if (!m_shape.empty()) {
        command.options.shape = kShapes.at(m_shape);
    }
    if (!m_format.empty()) {
        command.options.format = kFormats.at(m_format);
    }
    const auto [width, height] = sizeFrom(m_picture).value();
    command.options.imageWidth = width;
    command.options.imageHeight = height;
    return command;
}

} // namespace phial::cli
