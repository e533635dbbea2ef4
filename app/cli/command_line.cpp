// SPDX-License-Identifier: MIT
#include "app/cli/command_line.h"

#include "app/base/version.h"
#include "app/cli/bench_command_line.h"
#include "app/cli/evaluate_command_line.h"
#include "app/cli/exit_code.h"
#include "app/cli/meeting_command_line.h"
#include "app/cli/package_command_line.h"
#include "ui/contracts/languages.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <optional>
#include <sstream>

namespace phial::cli {
namespace {

constexpr std::array<const char*, 18> kTerminalWords = {
    "generate", "transcribe", "translate", "describe", "devices",  "probe",
    "samples",  "summarize",  "record",    "library",  "quantize", "verify",
    "info",     "bench",      "evaluate",  "--help",   "-h",       "--version"};

/// What CLI11 writes into before it is turned into a CommandLine.
struct Raw {
    CommonOptions common;
    bool json = false;
    bool quiet = false;
    bool software = false;
    bool validation = false;
    std::string model;
    std::string adapter;
    GenerateCommand generate;
    TranscribeCommand transcribe;
    TranslateCommand translate;
    bool withTranscript = false;
    DescribeCommand describe;
    bool microphones = false;
    ProbeCommand probe;
    EvaluateWords evaluate;
    MeetingCommands meetings;
    PackageCommands package;
    BenchWords bench;
};

std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

void addJson(CLI::App& command, Raw& raw) {
    command.add_flag("--json", raw.json, "Write one line of JSON an answer instead of text");
}

void addDevice(CLI::App& command, Raw& raw) {
    gpu::DeviceOptions& device = raw.common.engine.device;
    command.add_option("--device", device.select,
                       "Graphics device: a number or UUID that `phial devices` shows");
    command.add_flag("--software", raw.software,
                     "Allow a software device, which computes on the processor and is slow (or "
                     "PHIAL_SOFTWARE=1)");
    const std::map<std::string, Precision> names{
        {"auto", Precision::Auto}, {"fp32", Precision::Fp32}, {"fp16", Precision::Fp16}};
    command
        .add_option("--precision", raw.common.engine.precision, "Number format: auto, fp32 or fp16")
        ->transform(CLI::CheckedTransformer(names, CLI::ignore_case))
        ->option_text("NAME");
    command.add_option(
        "--disable", device.disable,
        "Leave device features off although present: fp16,int8,dot,subgroup,matrix,budget");
    command.add_option(
        "--prefer", device.prefer,
        "Use these kernels where the device can, even if slower: matrix, dot, half (for tests)");
    command.add_flag("--validation", raw.validation,
                     "Check every Vulkan call (for developers; slow)");
    command.add_flag("--quiet,-q", raw.quiet, "Write no progress, notes or warnings");
}

void addCommon(CLI::App& command, Raw& raw) {
    command
        .add_option("--model", raw.model,
                    "Folder of a checkpoint (or PHIAL_MODEL; default: the shipped small model)")
        ->option_text("DIR");
    command
        .add_option("--context", raw.common.engine.contextTokens,
                    "Tokens of context to make room for (0: as much as fits)")
        ->check(CLI::Range(0, 131072));
    const std::map<std::string, KvCacheFormat> caches{{"plain", KvCacheFormat::Plain},
                                                      {"k8v4", KvCacheFormat::K8V4},
                                                      {"turbo4", KvCacheFormat::Tq4}};
    command
        .add_option("--kv", raw.common.engine.kvCache,
                    "How keys and values of the context are kept: plain (as --precision), k8v4 "
                    "(0.4 of fp16) or turbo4 (TurboQuant, 0.26 of fp16)")
        ->transform(CLI::CheckedTransformer(caches, CLI::ignore_case))
        ->option_text("NAME");
    addDevice(command, raw);
}

void addAdapter(CLI::App& command, Raw& raw) {
    command
        .add_option("--adapter", raw.adapter,
                    "Folder of an adapter of your own (PEFT: adapter_config.json and "
                    "adapter_model.safetensors)")
        ->option_text("DIR");
}

void addGenerate(CLI::App& app, Raw& raw) {
    CLI::App& command =
        *app.add_subcommand("generate", "Answer a prompt, with pictures and recordings");
    addCommon(command, raw);
    addAdapter(command, raw);
    addJson(command, raw);
    GenerateCommand& options = raw.generate;
    command.add_option("--prompt", options.prompt, "What to ask; - reads it from standard input")
        ->option_text("TEXT");
    command
        .add_option("--system", options.system, "Instruction that stands before the conversation")
        ->option_text("TEXT");
    command.add_option("--image", options.images, "Picture file; may be repeated")
        ->expected(1)
        ->option_text("FILE")
        ->take_all();
    command.add_option("--audio", options.sounds, "Sound file; may be repeated")
        ->expected(1)
        ->option_text("FILE")
        ->take_all();
    Sampling& sampling = options.sampling;
    command.add_option("--max-tokens", sampling.maxTokens, "Longest answer in tokens")
        ->check(CLI::Range(1, 131072))
        ->capture_default_str();
    command.add_option("--temperature", sampling.temperature, "0 always takes the likeliest word")
        ->check(CLI::Range(0.0, 10.0));
    command.add_option("--top-k", sampling.topK, "Choose among this many words (0: all)")
        ->check(CLI::Range(0, 1000000));
    command.add_option("--top-p", sampling.topP, "Choose among words of this probability together")
        ->check(CLI::Range(1e-6, 1.0));
    command
        .add_option("--min-p", sampling.minP,
                    "Leave out words less likely than this part of the likeliest")
        ->check(CLI::Range(0.0, 0.999999));
    command.add_option("--repetition-penalty", sampling.repetitionPenalty, "Above 1: repeat less")
        ->check(CLI::Range(1.0, 100.0));
    command.add_option("--stop", sampling.stop, "End the answer before this text; may be repeated")
        ->expected(1)
        ->option_text("TEXT")
        ->take_all();
    command.add_option("--seed", sampling.seed, "Same seed, same answer");
    const std::map<std::string, Drafts> drafts = {
        {"off", Drafts::Off}, {"auto", Drafts::Auto}, {"always", Drafts::Always}};
    command
        .add_option("--drafts", sampling.drafts,
                    "Whether words that the prompt suggests are checked several at a time, which "
                    "never changes the answer: off, auto (where it is quicker) or always")
        ->transform(CLI::CheckedTransformer(drafts, CLI::ignore_case))
        ->option_text("WHEN");
}

void addSpeech(CLI::App& app, Raw& raw) {
    CLI::App& transcribe =
        *app.add_subcommand("transcribe", "Write down what is said in sound or video files");
    addCommon(transcribe, raw);
    addAdapter(transcribe, raw);
    addJson(transcribe, raw);
    transcribe
        .add_option("files", raw.transcribe.files,
                    "Sound or video files, folders with them, or meetings of the library; - is "
                    "standard input")
        ->required();
    transcribe
        .add_option("--language", raw.transcribe.language,
                    "Language that is spoken, German or de, ..., or several, de,en: a line that is "
                    "certainly in another one is tried again, then marked as unclear")
        ->option_text("LANG");
    raw.meetings.addResult(transcribe);

    CLI::App& translate = *app.add_subcommand("translate", "Translate recordings or text");
    addCommon(translate, raw);
    addAdapter(translate, raw);
    addJson(translate, raw);
    translate.add_option("files", raw.translate.files,
                         "Sound or video files, meetings of the library, or transcripts (json, "
                         "srt, vtt); - is standard input");
    translate.add_option("--text", raw.translate.text,
                         "Text instead of files; - is standard input");
    translate.add_option("--to,--language", raw.translate.language, "Language: German or de, ...")
        ->required()
        ->option_text("LANG");
    raw.meetings.addResult(translate);
    translate.add_flag("--with-transcript", raw.withTranscript, "Write the spoken words too");

    CLI::App& summarize =
        *app.add_subcommand("summarize", "Summarize recordings and transcripts of any length");
    addCommon(summarize, raw);
    addAdapter(summarize, raw);
    addJson(summarize, raw);
    raw.meetings.addSummarize(summarize);

    CLI::App& describe = *app.add_subcommand("describe", "Say what pictures show");
    addCommon(describe, raw);
    addAdapter(describe, raw);
    addJson(describe, raw);
    describe.add_option("files", raw.describe.files, "Picture files; - is standard input")
        ->required();
    describe.add_option("--prompt", raw.describe.question, "Question about the picture")
        ->option_text("TEXT");
}

void addTools(CLI::App& app, Raw& raw) {
    CLI::App& devices = *app.add_subcommand("devices", "List graphics devices");
    addJson(devices, raw);
    devices.add_flag("--microphones", raw.microphones, "List microphones instead");

    CLI::App& probe =
        *app.add_subcommand("probe", "Compare every stage of the model with golden data");
    addDevice(probe, raw);
    addJson(probe, raw);
    probe.add_option("--golden", raw.probe.golden, "Folder with golden.json")
        ->required()
        ->option_text("DIR");
    probe.add_option("--only", raw.probe.only, "Run the cases whose name contains this");

    CLI::App& samples =
        *app.add_subcommand("samples", "Transcribe and translate the shipped samples");
    addCommon(samples, raw);

    CLI::App& evaluate = *app.add_subcommand(
        "evaluate",
        "Score a model by right answers, or measure how far it is from another on files");
    addCommon(evaluate, raw);
    addAdapter(evaluate, raw);
    addJson(evaluate, raw);
    raw.evaluate.addTo(evaluate);
}

void addBench(CLI::App& app, Raw& raw) {
    CLI::App& command = *app.add_subcommand(
        "bench", "Measure the speed of the parts of a model and of their operations");
    raw.bench.addTo(command);
    addCommon(command, raw);
    addJson(command, raw);
}

/// "German", "german" or "de" -> "German".
std::optional<std::string> englishName(const std::string& wanted,
                                       const QList<ui::Language>& languages) {
    const QString word = QString::fromStdString(wanted);
    for (const ui::Language& language : languages) {
        if (word.compare(language.code, Qt::CaseInsensitive) == 0 ||
            word.compare(language.englishName, Qt::CaseInsensitive) == 0) {
            return language.englishName.toStdString();
        }
    }
    return std::nullopt;
}

ShowAndExit usage(const std::string& what) {
    return {.status = static_cast<int>(ExitCode::Usage),
            .text = "phial: " + what + "\nRun `phial --help` for help.\n"};
}

/// Puts the English name in place; says what is wrong with a name that is not known.
std::optional<ShowAndExit> setLanguage(std::string& name, const QList<ui::Language>& languages) {
    const std::optional<std::string> english = englishName(name, languages);
    if (english) {
        name = *english;
        return std::nullopt;
    }
    std::string known;
    for (const ui::Language& each : languages) {
        known += (known.empty() ? "" : ", ") + each.englishName.toStdString();
    }
    return usage("unknown language \"" + name + "\"; known are " + known);
}

/// The same for a list with commas; what comes out is "German, English".
std::optional<ShowAndExit> setLanguages(std::string& names, const QList<ui::Language>& languages) {
    std::string all;
    for (std::size_t at = 0; at <= names.size();) {
        const std::size_t end = std::min(names.find(',', at), names.size());
        std::string one =
            QString::fromStdString(names.substr(at, end - at)).trimmed().toStdString();
        if (auto wrong = setLanguage(one, languages)) {
            return wrong;
        }
        all += (all.empty() ? "" : ", ") + one;
        at = end + 1;
    }
    names = all;
    return std::nullopt;
}

/// Standard input can be read once.
bool readsInputTwice(const std::vector<std::string>& files, int before) {
    return before + std::count(files.begin(), files.end(), "-") > 1;
}

std::variant<CommandLine, ShowAndExit> finish(Raw& raw, const std::string& name) {
    for (const std::string& mistake : {raw.meetings.mistake(name), raw.package.mistake(name)}) {
        if (!mistake.empty()) {
            return usage(mistake);
        }
    }
    if (const std::string wrong = raw.bench.mistake(raw.model); name == "bench" && !wrong.empty()) {
        return usage(wrong);
    }
    CommandLine line;
    line.common = raw.common;
    line.common.output = raw.json ? OutputKind::Json : OutputKind::Text;
    line.common.chatter = raw.quiet ? Chatter::Quiet : Chatter::Normal;
    if (!raw.adapter.empty()) {
        line.common.engine.adapters = {raw.adapter};
    }
    line.common.engine.model = raw.model.empty() ? environment("PHIAL_MODEL") : raw.model;
    gpu::DeviceOptions& device = line.common.engine.device;
    const bool software = raw.software || environment("PHIAL_SOFTWARE") == "1";
    device.software = software ? gpu::SoftwareDevices::Allow : gpu::SoftwareDevices::Refuse;
    device.validation = raw.validation ? gpu::Validation::On : gpu::Validation::Off;
    if (name == "generate") {
        std::vector<std::string> media = raw.generate.images;
        media.insert(media.end(), raw.generate.sounds.begin(), raw.generate.sounds.end());
        if (raw.generate.prompt.empty() && media.empty()) {
            return usage("generate needs --prompt, --image or --audio");
        }
        if (readsInputTwice(media, raw.generate.prompt == "-" ? 1 : 0)) {
            return usage("only one input can be - (standard input)");
        }
        line.command = raw.generate;
    } else if (name == "transcribe") {
        if (!raw.transcribe.language.empty()) {
            if (auto wrong = setLanguages(raw.transcribe.language, ui::speechLanguages())) {
                return *std::move(wrong);
            }
        }
        raw.transcribe.result = raw.meetings.result();
        line.command = raw.transcribe;
    } else if (name == "translate") {
        if (auto wrong = setLanguage(raw.translate.language, ui::textLanguages())) {
            return *std::move(wrong);
        }
        if (raw.translate.files.empty() == raw.translate.text.empty()) {
            return usage("translate needs either files or --text");
        }
        raw.translate.transcript = raw.withTranscript ? WithTranscript::Yes : WithTranscript::No;
        raw.translate.result = raw.meetings.result();
        line.command = raw.translate;
    } else if (name == "describe") {
        line.command = raw.describe;
    } else if (name == "devices") {
        line.command = DevicesCommand{raw.microphones ? Microphones::Yes : Microphones::No};
    } else if (name == "probe") {
        line.command = raw.probe;
    } else if (name == "evaluate") {
        if (const std::string mistake = raw.evaluate.mistake(); !mistake.empty()) {
            return usage(mistake);
        }
        line.command = raw.evaluate.chosen();
    } else if (name == "bench") {
        line.command = raw.bench.command();
    } else if (std::optional<Command> command = raw.meetings.chosen(name)) {
        line.command = *std::move(command);
        if (auto* const summarize = std::get_if<SummarizeCommand>(&line.command);
            summarize != nullptr && !summarize->language.empty()) {
            if (auto wrong = setLanguage(summarize->language, ui::textLanguages())) {
                return *std::move(wrong);
            }
        }
    } else if (std::optional<Command> chosen = raw.package.chosen(name)) {
        line.command = *std::move(chosen);
    } else {
        line.command = SamplesCommand{};
    }
    if (readsInputTwice(raw.transcribe.files, 0) || readsInputTwice(raw.translate.files, 0) ||
        readsInputTwice(raw.describe.files, 0)) {
        return usage("only one input can be - (standard input)");
    }
    return line;
}

} // namespace

std::variant<CommandLine, ShowAndExit> parseCommandLine(const std::vector<std::string>& args) {
    Raw raw;
    CLI::App app("Phial hears, sees and answers, wholly on this computer.\n"
                 "Without a subcommand it opens its window; phial --safe-mode opens it with the "
                 "original settings and without a model, phial --reset-settings puts the settings "
                 "away for good. Answers go to standard output, "
                 "progress to standard error.\n"
                 "Exit status: 0 done, 1 failed probe or internal error, 2 usage, 3 input "
                 "unreadable, 4 model, 5 graphics device "
                 "or memory, 6 cancelled.",
                 "phial");
    app.set_version_flag("--version", std::string("phial ") + app::kVersion);
    app.require_subcommand(1);
    addGenerate(app, raw);
    addSpeech(app, raw);
    addTools(app, raw);
    raw.meetings.addTo(app, raw.json, raw.quiet);
    raw.package.addTo(app, raw.json, raw.quiet,
                      [&raw](CLI::App& command) { addDevice(command, raw); });
    addBench(app, raw);
    try {
        app.parse(std::vector<std::string>(args.rbegin(),
                                           args.rend())); // CLI11 wants the last word first
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        std::ostringstream err;
        if (app.exit(error, out, err) == 0) {
            return ShowAndExit{.status = 0, .text = out.str()};
        }
        return usage(error.what());
    }
    return finish(raw, app.get_subcommands().front()->get_name());
}

bool isForTerminal(const std::string& firstWord) {
    return std::find(kTerminalWords.begin(), kTerminalWords.end(), firstWord) !=
           kTerminalWords.end();
}

} // namespace phial::cli
