// SPDX-License-Identifier: MIT
// Measures meetings: phial_meeting_bench FOLDER MODEL WHAT... [--share S] [--speed X]. Prints a
// line of JSON for each figure as soon as it is known, what is going on to stderr, and ends with 1
// when a figure is above what it may be. Not a test: figures of time depend on the computer and on
// what else it does.
#include "tests/bench/meetings/figure.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <fstream>
#include <string_view>
#include <utility>

namespace phial::meetings {

double processorSeconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double residentMegabytes() {
    std::ifstream in("/proc/self/statm");
    double total = 0;
    double resident = 0;
    in >> total >> resident;
    return resident * 4096 / 1e6;
}

namespace {

using Measure = void (*)(const Bench&);

constexpr std::array<std::pair<std::string_view, Measure>, 10> kMeasures{{
    {"ready", measureReady},
    {"load", measureLoad},
    {"faults", measureEngineFaults},
    {"memory", measureLongMemory},
    {"lines", measureLines},
    {"cancel", measureCancel},
    {"drift", measureDrift},
    {"invented", measureInvented},
    {"exports", measureExports},
    {"search", measureSearch},
}};

/// Whether all of its figures hold.
bool run(std::string_view name, Measure measure, Bench bench) {
    const double before = processorSeconds();
    bool all = true;
    bench.found = [&](const Figure& figure) {
        all = all && figure.holds();
        const nlohmann::ordered_json line{
            {"what", name},          {"figure", figure.name},
            {"found", figure.found}, {"most", figure.most},
            {"unit", figure.unit},   {"holds", figure.holds()},
            {"how", figure.how},     {"processor_s", processorSeconds() - before}};
        std::puts(line.dump().c_str());
        std::fflush(stdout);
    };
    bench.begins = [&](const std::string& what) {
        std::fprintf(stderr, "%s: %s (%.0f s of processor time so far)\n",
                     std::string(name).c_str(), what.c_str(), processorSeconds() - before);
    };
    measure(bench);
    return all;
}

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs(
            "usage: phial_meeting_bench FOLDER MODEL WHAT... [--share S] [--speed X]\nWHAT is all",
            stderr);
        for (const auto& [name, measure] : kMeasures) {
            std::fprintf(stderr, ", %s", std::string(name).c_str());
        }
        std::fputs("\n", stderr);
        return 2;
    }
    Bench bench{.folder = argv[1], .model = argv[2]};
    std::vector<std::string_view> wanted(argv + 3, argv + argc);
    while (wanted.size() > 2) {
        const std::string_view option = wanted[wanted.size() - 2];
        if (option != "--share" && option != "--speed") {
            break;
        }
        (option == "--share" ? bench.share : bench.speed) =
            std::strtod(wanted.back().data(), nullptr);
        wanted.resize(wanted.size() - 2);
    }
    bool all = true;
    for (const auto& [name, measure] : kMeasures) {
        const bool chosen = wanted.front() == "all" ||
                            std::find(wanted.begin(), wanted.end(), name) != wanted.end();
        if (!chosen) {
            continue;
        }
        try {
            std::filesystem::create_directories(bench.folder);
            all = run(name, measure, bench) && all;
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s: %s\n", std::string(name).c_str(), error.what());
            all = false;
        }
    }
    return all ? 0 : 1;
}

} // namespace
} // namespace phial::meetings

int main(int argc, char** argv) {
    return phial::meetings::main(argc, argv);
}
