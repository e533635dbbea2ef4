// SPDX-License-Identifier: MIT
#include "inference/text/tokenizer.h"

#include "inference/base/error.h"
#include "inference/text/bpe_file.h"
#include "inference/text/bpe_tokenizer.h"
#include "inference/text/sentencepiece_tokenizer.h"

#include <string>
#include <utility>

namespace phial::text {
namespace {

// Positions inside a word are kept in 32 bits, with room to spare.
constexpr std::size_t kMaxTextBytes = std::size_t{1} << 30;

void requireSize(std::string_view text) {
    if (text.size() > kMaxTextBytes) {
        throw Error(ErrorCode::InvalidArgument,
                    "the text has " + std::to_string(text.size()) +
                        " bytes, at most 1 GiB can be turned into tokens; shorten it");
    }
}

} // namespace

Tokenizer::Tokenizer(AddedTokens addedTokens)
    : m_addedTokens(std::move(addedTokens)) {}

std::vector<TokenId> Tokenizer::encodePlain(std::string_view text) const {
    requireSize(text);
    std::vector<TokenId> ids;
    if (!text.empty()) {
        appendPlain(text, ids);
    }
    return ids;
}

std::vector<TokenId> Tokenizer::encodeTemplate(std::string_view text) const {
    requireSize(text);
    std::vector<TokenId> ids;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::optional<AddedTokens::Match> match = m_addedTokens.next(text, at);
        const std::size_t plainEnd = match ? match->begin : text.size();
        if (plainEnd > at) {
            appendPlain(text.substr(at, plainEnd - at), ids);
        }
        if (match) {
            ids.push_back(match->token->id);
        }
        at = match ? match->end : text.size();
    }
    return ids;
}

std::optional<TokenId> Tokenizer::specialId(std::string_view content) const {
    const AddedToken* token = m_addedTokens.find(content);
    return token == nullptr ? std::nullopt : std::optional(token->id);
}

bool Tokenizer::isSpecial(TokenId id) const {
    const AddedToken* token = m_addedTokens.find(id);
    return token != nullptr && token->special;
}

std::unique_ptr<const Tokenizer> loadTokenizer(const std::filesystem::path& folder) {
    // Checkpoints of the Phi-3 family hold both files; their tokenizer.json is a translation of
    // the SentencePiece model, which is the original.
    std::error_code ignored;
    if (std::filesystem::exists(folder / "tokenizer.model", ignored)) {
        return std::make_unique<SentencePieceTokenizer>(folder);
    }
    const std::filesystem::path json = folder / "tokenizer.json";
    if (std::filesystem::exists(json, ignored)) {
        BpeModel model = readBpeModel(json);
        try {
            return std::make_unique<BpeTokenizer>(std::move(model));
        } catch (const Error& error) {
            throw error.with(json.string());
        }
    }
    throw Error(ErrorCode::BadTokenizer,
                folder.string() + " holds neither tokenizer.model nor tokenizer.json; choose the "
                                  "complete folder of a checkpoint");
}

} // namespace phial::text
