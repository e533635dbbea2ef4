// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>
#include <zlib.h>

// Readers of the exported formats, written from their specifications and not from the writers. Each
// throws std::runtime_error at the first thing that is not allowed.
namespace phial::exporting {

struct ParsedCue {
    std::int64_t startMs = 0;
    std::int64_t endMs = 0;
    std::vector<std::string> lines;
};

inline void demand(bool condition, const std::string& what) {
    if (!condition) {
        throw std::runtime_error(what);
    }
}

inline std::int64_t parseTime(const std::string& text, char point) {
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    int ms = 0;
    char mark = 0;
    int used = 0;
    demand(std::sscanf(text.c_str(), "%d:%2d:%2d%c%3d%n", &hours, &minutes, &seconds, &mark, &ms,
                       &used) == 5,
           "time: " + text);
    demand(mark == point && static_cast<std::size_t>(used) == text.size() && minutes < 60 &&
               seconds < 60 && text.size() >= 12,
           "time: " + text);
    return ((hours * 60LL + minutes) * 60 + seconds) * 1000 + ms;
}

/// Blocks between empty lines.
inline std::vector<std::vector<std::string>> blocksOf(const std::string& text) {
    std::vector<std::vector<std::string>> blocks(1);
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        if (line.empty()) {
            if (!blocks.back().empty()) {
                blocks.emplace_back();
            }
        } else {
            blocks.back().push_back(line);
        }
    }
    if (blocks.back().empty()) {
        blocks.pop_back();
    }
    return blocks;
}

inline ParsedCue parseCue(const std::vector<std::string>& lines, std::size_t first, char point) {
    demand(lines.size() > first + 1, "a cue without text");
    const std::string& times = lines[first];
    const std::size_t arrow = times.find(" --> ");
    demand(arrow != std::string::npos, "no arrow: " + times);
    ParsedCue cue{.startMs = parseTime(times.substr(0, arrow), point),
                  .endMs = parseTime(times.substr(arrow + 5), point)};
    cue.lines.assign(lines.begin() + static_cast<std::ptrdiff_t>(first) + 1, lines.end());
    for (const std::string& line : cue.lines) {
        demand(line.find("-->") == std::string::npos, "an arrow in a text");
    }
    return cue;
}

inline std::vector<ParsedCue> parseSrt(const std::string& text) {
    std::vector<ParsedCue> cues;
    for (const auto& block : blocksOf(text)) {
        demand(block[0] == std::to_string(cues.size() + 1), "number of a cue: " + block[0]);
        cues.push_back(parseCue(block, 1, ','));
    }
    return cues;
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

inline std::vector<ParsedCue> parseVtt(const std::string& text) {
    const auto blocks = blocksOf(text);
    demand(!blocks.empty() && blocks[0] == std::vector<std::string>{"WEBVTT"}, "no WEBVTT");
    std::vector<ParsedCue> cues;
    for (std::size_t i = 1; i < blocks.size(); ++i) {
        ParsedCue cue = parseCue(blocks[i], 0, '.');
        for (std::string& line : cue.lines) {
            if (line.rfind("<v ", 0) == 0) {
                line = line.substr(line.find('>') + 1);
            }
            demand(line.find('<') == std::string::npos, "an unknown tag");
            line = replaced(replaced(replaced(line, "&lt;", "<"), "&gt;", ">"), "&amp;", "&");
        }
        cues.push_back(cue);
    }
    return cues;
}

inline std::vector<std::vector<std::string>> parseCsv(const std::string& text) {
    std::vector<std::vector<std::string>> rows;
    std::size_t at = 0;
    while (at < text.size()) {
        std::vector<std::string> row(1);
        while (true) {
            if (at < text.size() && text[at] == '"') {
                for (++at;; ++at) {
                    demand(at < text.size(), "an open quote");
                    if (text[at] == '"' && (at + 1 == text.size() || text[at + 1] != '"')) {
                        break;
                    }
                    at += text[at] == '"' ? 1 : 0;
                    row.back() += text[at];
                }
                ++at;
            } else {
                while (at < text.size() && text[at] != ',' && text[at] != '\r') {
                    demand(text[at] != '"', "a quote inside");
                    row.back() += text[at++];
                }
            }
            if (at < text.size() && text[at] == ',') {
                ++at;
                row.emplace_back();
                continue;
            }
            demand(text.compare(at, 2, "\r\n") == 0, "end of a row");
            at += 2;
            break;
        }
        rows.push_back(row);
    }
    return rows;
}

/// Files of a zip archive by way of its central directory, sizes and checksums verified.
inline std::map<std::string, std::string> unzip(const std::string& bytes) {
    const auto number = [&](std::size_t at, std::size_t size) {
        demand(at + size <= bytes.size(), "zip: cut off");
        std::uint32_t value = 0;
        std::memcpy(&value, bytes.data() + at, size);
        return value;
    };
    demand(bytes.size() >= 22, "zip: too short");
    const std::size_t end = bytes.size() - 22;
    demand(number(end, 4) == 0x06054b50, "zip: no end");
    std::map<std::string, std::string> files;
    std::size_t at = number(end + 16, 4);
    demand(at + number(end + 12, 4) == end, "zip: size of the directory");
    for (std::uint32_t i = 0; i < number(end + 10, 2); ++i) {
        demand(number(at, 4) == 0x02014b50, "zip: directory");
        const std::uint32_t packed = number(at + 20, 4);
        const std::uint32_t size = number(at + 24, 4);
        const std::uint32_t nameSize = number(at + 28, 2);
        const std::uint32_t local = number(at + 42, 4);
        const std::string name = bytes.substr(at + 46, nameSize);
        demand(number(local, 4) == 0x04034b50, "zip: local header");
        demand(number(local + 14, 4) == number(at + 16, 4), "zip: two checksums");
        demand(number(local + 18, 4) == packed && number(local + 22, 4) == size, "zip: two sizes");
        demand(bytes.substr(local + 30, nameSize) == name, "zip: two names");
        std::string content(size, '\0');
        std::string source = bytes.substr(local + 30 + nameSize + number(local + 28, 2), packed);
        z_stream stream{};
        demand(inflateInit2(&stream, -15) == Z_OK, "zlib");
        stream.next_in = reinterpret_cast<Bytef*>(source.data());
        stream.avail_in = static_cast<uInt>(source.size());
        stream.next_out = reinterpret_cast<Bytef*>(content.data());
        stream.avail_out = static_cast<uInt>(content.size());
        const int ended = inflate(&stream, Z_FINISH);
        const auto got = stream.total_out;
        inflateEnd(&stream);
        demand(ended == Z_STREAM_END && got == size, "zip: damaged content");
        demand(crc32(0, reinterpret_cast<const Bytef*>(content.data()), size) == number(at + 16, 4),
               "zip: checksum");
        files[name] = content;
        at += 46 + nameSize + number(at + 30, 2) + number(at + 32, 2);
    }
    return files;
}

} // namespace phial::exporting
