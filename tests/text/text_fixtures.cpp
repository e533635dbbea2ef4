// SPDX-License-Identifier: MIT
#include "tests/text/text_fixtures.h"

#include "tests/support/source_root.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace phial::text {

TemporaryFolder::TemporaryFolder() {
    std::string name = testing::TempDir() + "phial_text_XXXXXX";
    if (mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("no temporary folder");
    }
    m_path = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

void TemporaryFolder::write(const std::string& name, std::string_view content) const {
    std::ofstream(m_path / name, std::ios::binary) << content;
}

std::filesystem::path goldenFolder() {
    return test::sourceRoot() / "tests/golden";
}

std::filesystem::path tinyFolder() {
    return goldenFolder() / "phi4mm-tiny";
}

std::filesystem::path embeddedFolder() {
    return test::sourceRoot() / "resources/models/embedded";
}

std::string readText(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        throw std::runtime_error("cannot read " + file.string());
    }
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

nlohmann::json readJson(const std::filesystem::path& file) {
    return nlohmann::json::parse(readText(file));
}

std::vector<TokenId> readIds(const std::filesystem::path& file, const std::string& tensor) {
    const std::string content = readText(file);
    std::uint64_t headerSize = 0;
    std::memcpy(&headerSize, content.data(), sizeof headerSize);
    const auto header = nlohmann::json::parse(content.substr(sizeof headerSize, headerSize));
    const auto& entry = header.at(tensor);
    if (entry.at("dtype") != "I32") {
        throw std::runtime_error(tensor + " is not I32");
    }
    const std::size_t begin = entry.at("data_offsets").at(0);
    const std::size_t end = entry.at("data_offsets").at(1);
    std::vector<TokenId> ids((end - begin) / sizeof(TokenId));
    std::memcpy(ids.data(), content.data() + sizeof headerSize + headerSize + begin, end - begin);
    return ids;
}

BpeModel byteModel() {
    BpeModel model;
    for (int byte = 0; byte < 256; ++byte) {
        model.tokens.emplace_back(1, static_cast<char>(byte));
    }
    return model;
}

std::size_t pick(std::mt19937& random, std::size_t bound) {
    return random() % bound;
}

void appendUtf8(char32_t value, std::string& text) {
    const auto put = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (value < 0x80) {
        put(value);
    } else if (value < 0x800) {
        put(0xC0 | (value >> 6));
        put(0x80 | (value & 0x3F));
    } else if (value < 0x10000) {
        put(0xE0 | (value >> 12));
        put(0x80 | ((value >> 6) & 0x3F));
        put(0x80 | (value & 0x3F));
    } else {
        put(0xF0 | (value >> 18));
        put(0x80 | ((value >> 12) & 0x3F));
        put(0x80 | ((value >> 6) & 0x3F));
        put(0x80 | (value & 0x3F));
    }
}

std::string randomText(std::mt19937& random, int maxCharacters) {
    static const std::array<std::u32string, 9> kPools = {
        U"abzéñжω",                   // lower case
        U"ABZÉÑЖΩǅ",                  // upper and title case
        U"ʰʼ日本ªאﬁ",                 // modifier letters, letters without case, a ligature
        U"\u0301\u0327\u20DD\u0903",  // marks
        U"0159٣Ⅷ½①",                  // numbers
        U"'''sStTrReEvVmMlLdD\u017F", // contractions
        U"  \t\u00A0\u2003\u3000\u0085\v\f\u2028", // white space
        U"\r\n\n/",
        U"!?.,-#({😀€\u200B\u200D\u180E", // symbols
    };
    std::string text;
    const std::size_t size = pick(random, static_cast<std::size_t>(maxCharacters) + 1);
    for (std::size_t i = 0; i < size; ++i) {
        if (pick(random, 12) == 0) {
            const auto value = static_cast<char32_t>(pick(random, 0x110000));
            const bool surrogate = value >= 0xD800 && value < 0xE000;
            appendUtf8(surrogate ? U'x' : value, text);
            continue;
        }
        const std::u32string& pool = kPools[pick(random, kPools.size())];
        appendUtf8(pool[pick(random, pool.size())], text);
    }
    return text;
}

} // namespace phial::text
