// SPDX-License-Identifier: MIT
#pragma once

#include "inference/text/bpe_tokenizer.h"
#include "inference/text/tokenizer.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace phial::text {

/// A folder of one test that is empty at the beginning and gone at the end.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return m_path; }

    void write(const std::string& name, std::string_view content) const;

private:
    std::filesystem::path m_path;
};

/// Folder of the tiny golden checkpoint, of the embedded study model, and of other golden data.
std::filesystem::path tinyFolder();
std::filesystem::path embeddedFolder();
std::filesystem::path goldenFolder();

std::string readText(const std::filesystem::path& file);
nlohmann::json readJson(const std::filesystem::path& file);

/// A 32-bit integer tensor of a safetensors file.
std::vector<TokenId> readIds(const std::filesystem::path& file, const std::string& tensor);

/// A vocabulary of the 256 bytes (id = byte), to begin from.
BpeModel byteModel();

/// Random text of up to `maxCharacters` characters in valid UTF-8, rich in what the pre-tokenizer
/// distinguishes: case, marks, digits, contractions, white space of all kinds.
std::string randomText(std::mt19937& random, int maxCharacters);

/// All 0 .. bound - 1 with the same chance (nearly).
std::size_t pick(std::mt19937& random, std::size_t bound);

void appendUtf8(char32_t value, std::string& text);

} // namespace phial::text
