// SPDX-License-Identifier: MIT
#include "inference/text/sentencepiece_tokenizer.h"

#include "inference/base/error.h"
#include "inference/base/mapped_file.h"
#include "inference/text/json_file.h"
#include "inference/text/utf8.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <span>
#include <unordered_set>
#include <utility>

namespace phial::text {
namespace {

constexpr std::string_view kSpaceMark = "\xE2\x96\x81"; // U+2581 stands for a space in pieces

Error badTokenizer(const std::filesystem::path& file, const std::string& sentence) {
    return {ErrorCode::BadTokenizer, file.string() + ": " + sentence};
}

std::string withSpaces(std::string_view piece) {
    std::string text;
    while (!piece.empty()) {
        const bool space = piece.substr(0, kSpaceMark.size()) == kSpaceMark;
        text.push_back(space ? ' ' : piece.front());
        piece.remove_prefix(space ? kSpaceMark.size() : 1);
    }
    return text;
}

/// "<0x0A>", the name of the piece that stands for one byte.
std::string bytePieceName(unsigned char byte) {
    std::array<char, 8> name{};
    std::snprintf(name.data(), name.size(), "<0x%02X>", static_cast<unsigned>(byte));
    return name.data();
}

std::string pieceBytes(const sentencepiece::SentencePieceProcessor& processor, int id) {
    const std::string& piece = processor.IdToPiece(id);
    if (!processor.IsByte(id)) {
        return withSpaces(piece);
    }
    for (unsigned byte = 0; byte < 256; ++byte) {
        if (piece == bytePieceName(static_cast<unsigned char>(byte))) {
            return std::string(1, static_cast<char>(byte));
        }
    }
    return piece;
}

TokenId idFromKey(const std::string& key) {
    TokenId id = -1;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (error != std::errc() || end != key.data() + key.size() || id < 0 || id >= kMaxVocabulary) {
        throw Error(ErrorCode::BadTokenizer,
                    "\"" + key.substr(0, 40) + "\" in added_tokens_decoder is not a token id");
    }
    return id;
}

/// Entries of tokenizer_config.json: {"32007": {"content": "<|end|>", "rstrip": true, ...}}.
std::vector<AddedToken> fromTokenizerConfig(const Json& decoder) {
    std::vector<AddedToken> tokens;
    for (const auto& [key, entry] : decoder.items()) {
        if (!entry.is_object()) {
            throw Error(ErrorCode::BadTokenizer, "an entry of added_tokens_decoder is no object");
        }
        tokens.push_back({.id = idFromKey(key),
                          .content = stringAt(entry, "content", "added_tokens_decoder"),
                          .special = flagAt(entry, "special", false),
                          .swallowsSpace = flagAt(entry, "rstrip", false)});
    }
    return tokens;
}

/// Entries of added_tokens.json: {"<|end|>": 32007}.
std::vector<AddedToken> fromAddedTokensFile(const Json& root) {
    std::vector<AddedToken> tokens;
    for (const auto& [content, id] : root.items()) {
        tokens.push_back({.id = idFrom(id, "added_tokens.json"),
                          .content = content,
                          .special = true,
                          .swallowsSpace = false});
    }
    return tokens;
}

/// The text of "bos_token", which is a string or an object with "content".
std::string startTokenText(const Json& config) {
    const auto found = config.find("bos_token");
    if (found != config.end() && found->is_object()) {
        return stringAt(*found, "content", "bos_token");
    }
    return stringAt(config, "bos_token", "tokenizer_config.json");
}

bool looksSpecial(const std::string& piece) {
    return piece.size() > 2 && piece.front() == '<' && piece.back() == '>';
}

void addControlPieces(const sentencepiece::SentencePieceProcessor& processor,
                      std::vector<AddedToken>& added) {
    std::unordered_set<TokenId> known;
    for (const AddedToken& token : added) {
        known.insert(token.id);
    }
    for (int id = 0; id < processor.GetPieceSize(); ++id) {
        const std::string& piece = processor.IdToPiece(id);
        // The interface does not tell user-defined pieces apart; but a piece in angle brackets
        // that is neither control nor byte can only be one that somebody defined.
        const bool control = processor.IsControl(id) || processor.IsUnknown(id) ||
                             (looksSpecial(piece) && !processor.IsByte(id));
        if (control && !known.contains(id)) {
            added.push_back({.id = id, .content = piece, .special = true, .swallowsSpace = false});
        }
    }
}

} // namespace

struct SentencePieceTokenizer::Parts {
    std::unique_ptr<Processor> processor;
    std::vector<AddedToken> added;
    std::optional<std::string> startText;
    std::filesystem::path file;
};

SentencePieceTokenizer::Parts
SentencePieceTokenizer::readFolder(const std::filesystem::path& folder) {
    Parts parts{.processor = std::make_unique<Processor>(), .file = folder / "tokenizer.model"};
    const MappedFile mapped(parts.file);
    std::string model(mapped.bytes().size(), '\0');
    mapped.readAt(0, std::as_writable_bytes(std::span(model)));
    const sentencepiece::util::Status status = parts.processor->LoadFromSerializedProto(model);
    if (!status.ok() || parts.processor->GetPieceSize() > kMaxVocabulary) {
        throw badTokenizer(parts.file, "not a SentencePiece model (" + status.ToString() +
                                           "); copy the file again");
    }

    const std::filesystem::path configFile = folder / "tokenizer_config.json";
    const std::filesystem::path addedFile = folder / "added_tokens.json";
    std::error_code ignored;
    Json config = Json::object();
    if (std::filesystem::exists(configFile, ignored)) {
        config = readJsonObject(configFile);
    }
    try {
        if (config.contains("added_tokens_decoder")) {
            parts.added = fromTokenizerConfig(objectAt(config, "added_tokens_decoder"));
        }
        if (flagAt(config, "add_bos_token", false)) {
            parts.startText = startTokenText(config);
        }
    } catch (const Error& error) {
        throw error.with(configFile.string());
    }
    if (parts.added.empty() && std::filesystem::exists(addedFile, ignored)) {
        try {
            parts.added = fromAddedTokensFile(readJsonObject(addedFile));
        } catch (const Error& error) {
            throw error.with(addedFile.string());
        }
    }
    addControlPieces(*parts.processor, parts.added);
    return parts;
}

SentencePieceTokenizer::SentencePieceTokenizer(const std::filesystem::path& folder)
    : SentencePieceTokenizer(readFolder(folder)) {}

SentencePieceTokenizer::SentencePieceTokenizer(Parts parts)
    : Tokenizer([&] {
        try {
            return AddedTokens(std::move(parts.added));
        } catch (const Error& error) {
            throw error.with(parts.file.parent_path().string());
        }
    }())
    , m_processor(std::move(parts.processor)) {
    const int pieces = m_processor->GetPieceSize();
    for (int id = 0; id < pieces; ++id) {
        m_tokens.push_back(pieceBytes(*m_processor, id));
    }
    for (const AddedToken& token : addedTokens().all()) {
        if (token.id < pieces && m_processor->IdToPiece(token.id) != token.content) {
            throw badTokenizer(parts.file, "the added token \"" + token.content + "\" has id " +
                                               std::to_string(token.id) +
                                               ", which belongs to another piece");
        }
        const auto id = static_cast<std::size_t>(token.id);
        if (id >= m_tokens.size()) {
            m_tokens.resize(id + 1);
        }
        m_tokens[id] = token.content;
    }
    // Whether a space is put in front of a text is known only by trying.
    const std::vector<TokenId> probe = encodePlain("a");
    if (!probe.empty() && bytes(probe.front()).substr(0, 1) == " ") {
        m_firstSpace = FirstSpace::Marker;
    }
    if (parts.startText) {
        m_startToken = specialId(*parts.startText);
        if (!m_startToken) {
            throw badTokenizer(parts.file.parent_path() / "tokenizer_config.json",
                               "bos_token \"" + *parts.startText + "\" is not in the vocabulary");
        }
    }
}

SentencePieceTokenizer::~SentencePieceTokenizer() = default;

std::string_view SentencePieceTokenizer::bytes(TokenId id) const {
    return id >= 0 && id < vocabularySize() ? m_tokens[static_cast<std::size_t>(id)]
                                            : std::string_view();
}

void SentencePieceTokenizer::appendPlain(std::string_view text, std::vector<TokenId>& ids) const {
    std::vector<int> found;
    const sentencepiece::util::Status status =
        m_processor->Encode({text.data(), text.size()}, &found);
    check(status.ok(), "SentencePiece refused a text");
    for (const int id : found) {
        // User-defined pieces are found in any text; one that is an added token is spelled out.
        const AddedToken* added = addedTokens().find(id);
        if (added != nullptr && !m_processor->IsUnknown(id)) {
            appendSpelled(added->content, ids);
        } else {
            ids.push_back(id);
        }
    }
}

void SentencePieceTokenizer::appendSpelled(std::string_view text, std::vector<TokenId>& ids) const {
    const auto isPlain = [&](int id) {
        return !m_processor->IsUnknown(id) && addedTokens().find(id) == nullptr;
    };
    while (!text.empty()) {
        const std::string character(text.substr(0, readUtf8(text).size));
        text.remove_prefix(character.size());
        const int id = m_processor->PieceToId(character);
        if (isPlain(id)) {
            ids.push_back(id);
            continue;
        }
        for (const char byte : character) {
            const int byteId =
                m_processor->PieceToId(bytePieceName(static_cast<unsigned char>(byte)));
            ids.push_back(isPlain(byteId) ? byteId : m_processor->unk_id());
        }
    }
}

} // namespace phial::text
