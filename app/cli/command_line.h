// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"

#include <filesystem>
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

struct TranscribeCommand {
    std::vector<std::string> files;
};

enum class WithTranscript { No, Yes };

struct TranslateCommand {
    std::vector<std::string> files; ///< recordings; empty when `text` is given
    std::string text;
    std::string language; ///< English name
    WithTranscript transcript = WithTranscript::No;
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
    DryRun dryRun = DryRun::No;
};

struct VerifyCommand {
    std::filesystem::path folder;
};

enum class TensorList { No, Yes };

struct InfoCommand {
    std::filesystem::path folder;
    TensorList tensors = TensorList::No;
};

using Command = std::variant<GenerateCommand, TranscribeCommand, TranslateCommand, DescribeCommand,
                             DevicesCommand, ProbeCommand, SamplesCommand, QuantizeCommand,
                             VerifyCommand, InfoCommand, EvaluateCommand>;

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
