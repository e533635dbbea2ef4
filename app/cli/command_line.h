// SPDX-License-Identifier: MIT
#pragma once

#include "app/export/exporter.h"
#include "inference/bench/bench.h"
#include "inference/engine/engine.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace phial::cli {

enum class OutputKind { Text, Json };
enum class Chatter { Normal, Quiet };

/// Options that every subcommand with a model has.
struct CommonOptions {
    EngineOptions engine; ///< model empty = the shipped one
    OutputKind output = OutputKind::Text;
    Chatter chatter = Chatter::Normal;
};

// In each command a file "-" is standard input.

struct GenerateCommand {
    std::string prompt;
    std::string system;
    std::vector<std::string> images;
    std::vector<std::string> sounds;
    Sampling sampling;
};

enum class Keep { No, Yes };

/// Where the transcript of a recording goes, and how.
struct ResultOptions {
    std::optional<exporting::Format> format; ///< unset = plain text as it comes
    std::filesystem::path output;            ///< file or folder; empty = standard output
    Keep keep = Keep::No;                    ///< as a meeting in the library
};

struct TranscribeCommand {
    std::vector<std::string> files;
    std::string language; ///< spoken, English name; empty = not known
    ResultOptions result;
};

enum class WithTranscript { No, Yes };

struct TranslateCommand {
    std::vector<std::string> files; ///< recordings; empty when `text` is given
    std::string text;
    std::string language; ///< English name
    WithTranscript transcript = WithTranscript::No;
    ResultOptions result;
};

struct SummarizeCommand {
    std::vector<std::string> files;
    std::string what = "minutes";               ///< template
    std::string prompt;                         ///< instead of a template
    std::string language;                       ///< English name; empty = as spoken
    WithTranscript first = WithTranscript::Yes; ///< whether it is written down before
    ResultOptions result;
};

enum class SystemAudio { No, Yes };

struct RecordCommand {
    std::filesystem::path output; ///< empty = the library
    std::string title;
    std::string device;
    SystemAudio systemAudio = SystemAudio::No;
    double seconds = 0; ///< 0 = until it is interrupted
};

enum class LibraryAction { List, Search, Export, Rebuild };

struct LibraryCommand {
    LibraryAction action = LibraryAction::List;
    std::vector<std::string> words;
    std::string meeting;
    int limit = 50;
    exporting::Languages texts = exporting::Languages::Both;
    ResultOptions result;
};

struct DescribeCommand {
    std::vector<std::string> files;
    std::string question;
};

enum class Microphones { No, Yes };

struct DevicesCommand {
    Microphones microphones = Microphones::No;
};

struct ProbeCommand {
    std::filesystem::path golden;
    std::string only;
};

struct SamplesCommand {};

enum class SuiteExtent { Sample, Full };
enum class ShowAnswers { No, Yes };

struct EvaluateCommand {
    std::string suite; ///< "embedded" or a folder
    SuiteExtent extent = SuiteExtent::Sample;
    std::filesystem::path reference; ///< model folder; empty: no comparison
    ShowAnswers answers = ShowAnswers::No;
};

/// Files that a model reads so that something can be measured.
struct MaterialFiles {
    std::vector<std::string> texts;
    std::vector<std::string> sounds;
    std::vector<std::string> pictures;

    bool empty() const { return texts.empty() && sounds.empty() && pictures.empty(); }
};

/// Two models on the same files; see compare_command_line.cpp.
struct CompareCommand {
    std::filesystem::path reference;
    MaterialFiles files;
    int tokens = 1024;
};

/// What each matrix of a model loses against that of a reference, on the same files.
struct LayersCommand {
    std::filesystem::path reference;
    MaterialFiles files;
    int tokens = 1024;
    int samples = 128; ///< positions that are kept
};

// Commands on model folders; see package_command_line.cpp.

enum class DryRun { No, Yes };

struct QuantizeCommand {
    std::filesystem::path source;
    std::filesystem::path destination; ///< empty only in a dry run
    std::string scheme;                ///< of the decoder; empty = as the plan says
    int bits = 0;                      ///< 0 = as the scheme's name says
    int group = 0;                     ///< 0 = the scheme's usual one
    std::string plan;                  ///< a shipped plan's name or a file; empty = default
    int threads = 0;                   ///< 0 = one per processor
    MaterialFiles calibrate;           ///< read by the checkpoint first; empty = not calibrated
    int samples = 128;                 ///< positions of them that are kept
    DryRun dryRun = DryRun::No;
    std::vector<std::int64_t> contexts; ///< whose memory a dry run tells; empty = the usual ones
};

struct VerifyCommand {
    std::filesystem::path folder;
};

enum class TensorList { No, Yes };

struct InfoCommand {
    std::filesystem::path folder;
    TensorList tensors = TensorList::No;
};

enum class PerOp { No, Yes };
enum class Tune { No, Yes };

struct BenchCommand {
    bench::BenchOptions options; ///< device, precision, cache and model are those of CommonOptions
    bool syntheticModel = false; ///< options.shape instead of a model folder
    PerOp perOp = PerOp::No;     ///< show each operation's time
    Tune tune = Tune::No; ///< measure kernels and keep the quickest, instead of the works; uses
                          ///< rounds and format of the options
};

using Command =
    std::variant<GenerateCommand, TranscribeCommand, TranslateCommand, DescribeCommand,
                 DevicesCommand, ProbeCommand, SamplesCommand, SummarizeCommand, RecordCommand,
                 LibraryCommand, QuantizeCommand, VerifyCommand, InfoCommand, BenchCommand,
                 EvaluateCommand, CompareCommand, LayersCommand>;

struct CommandLine {
    CommonOptions common;
    Command command;
};

/// Text to show instead of running: help or version (success), or what is wrong with the words
/// given.
struct ShowAndExit {
    int status = 0;
    std::string text;
};

/// Reads the words after the program's name. The environment's PHIAL_MODEL and PHIAL_SOFTWARE=1
/// stand for --model and --software.
std::variant<CommandLine, ShowAndExit> parseCommandLine(const std::vector<std::string>& args);

/// Whether a word is the name of a subcommand or a general option, so that the terminal program is
/// meant.
bool isForTerminal(const std::string& firstWord);

} // namespace phial::cli
