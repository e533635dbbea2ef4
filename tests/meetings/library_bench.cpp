// SPDX-License-Identifier: MIT
// Search over a large library: library_bench FOLDER [SEGMENTS]. Prints one line of JSON. Not a
// test: times depend on the computer.
#include "app/meetings/library_index.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

int main(int argc, char** argv) {
    using namespace phial::meetings;
    if (argc < 2) {
        std::fprintf(stderr, "usage: library_bench FOLDER [SEGMENTS]\n");
        return 2;
    }
    const std::filesystem::path file = std::filesystem::path(argv[1]) / "library_bench.sqlite";
    std::filesystem::remove(file);
    const int wanted = argc > 2 ? std::atoi(argv[2]) : 1000000;
    constexpr int kPerMeeting = 1000;
    std::mt19937 random(1);
    // Word frequencies fall off as in a language: a few words are in most lines.
    const auto word = [&] {
        const double u = std::uniform_real_distribution<double>(0, 1)(random);
        return static_cast<int>(std::exp(u * std::log(30000.0)));
    };
    const auto seconds = [](auto from) {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
    };
    const auto begin = std::chrono::steady_clock::now();
    LibraryIndex index(file);
    for (int meeting = 0; meeting < wanted / kPerMeeting; ++meeting) {
        Transcript transcript{.rateHz = 1000};
        for (int i = 0; i < kPerMeeting; ++i) {
            std::string text;
            if (i % 5 == 0) {
                for (int k = 0; k < 20; ++k) {
                    appendUtf8(text, static_cast<char32_t>(0x4E00 + word() % 3000));
                }
            } else {
                for (int k = 0; k < 12; ++k) {
                    text += "w" + std::to_string(word()) + ' ';
                }
            }
            addSegment(
                transcript,
                {.startSample = i * 5000, .endSample = i * 5000 + 4000, .text = std::move(text)});
        }
        index.put({.folder = "meeting-" + std::to_string(meeting),
                   .meta = {.title = "Meeting", .createdUtc = "2026-01-01T00:00:00Z"}},
                  transcript);
    }
    const double building = seconds(begin);
    std::vector<std::string> queries;
    for (int i = 0; i < 40; ++i) {
        std::string cjk;
        std::string one;
        appendUtf8(one, static_cast<char32_t>(0x4E00 + word() % 3000));
        appendUtf8(cjk, static_cast<char32_t>(0x4E00 + word() % 3000));
        appendUtf8(cjk, static_cast<char32_t>(0x4E00 + word() % 3000));
        queries.push_back("w" + std::to_string(word()));
        queries.push_back("w" + std::to_string(word()) + " w" + std::to_string(word()));
        queries.push_back(cjk);
        queries.push_back(one);
    }
    std::vector<double> times;
    std::string slowest;
    std::size_t hits = 0;
    for (const std::string& query : queries) {
        const auto start = std::chrono::steady_clock::now();
        hits += index.search(query).size();
        times.push_back(seconds(start) * 1000);
        if (times.back() == *std::max_element(times.begin(), times.end())) {
            slowest = query;
        }
    }
    std::sort(times.begin(), times.end());
    std::printf("{\"segments\": %lld, \"build_s\": %.1f, \"file_mb\": %.0f, \"queries\": %zu, "
                "\"hits\": %zu, \"p50_ms\": %.2f, \"p95_ms\": %.2f, \"max_ms\": %.2f, \"slowest\": "
                "\"%s\"}\n",
                static_cast<long long>(index.segments()), building,
                static_cast<double>(std::filesystem::file_size(file)) / 1e6, times.size(), hits,
                times[times.size() / 2], times[times.size() * 95 / 100], times.back(),
                slowest.c_str());
    std::filesystem::remove(file);
    return 0;
}
