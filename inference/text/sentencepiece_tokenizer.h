// SPDX-License-Identifier: MIT
#pragma once

#include "inference/text/tokenizer.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace phial::text {

/// The SentencePiece vocabulary of a checkpoint folder (Phi-3 family): tokenizer.model, and the
/// added tokens of tokenizer_config.json ("added_tokens_decoder") or else added_tokens.json, whose
/// ids usually follow those of the model. Control pieces such as "<s>" count as added tokens, and
/// so do user-defined pieces in angle brackets.
/// The vocabulary's own normalisation applies, so that text need not come back byte for byte.
class SentencePieceTokenizer final : public Tokenizer {
public:
    /// Throws Error{BadTokenizer} naming the file; Error{FileUnreadable}.
    explicit SentencePieceTokenizer(const std::filesystem::path& folder);
    ~SentencePieceTokenizer() override;

    std::string_view bytes(TokenId id) const override;

    int vocabularySize() const override { return static_cast<int>(m_tokens.size()); }

    std::optional<TokenId> startToken() const override { return m_startToken; }

    FirstSpace firstSpace() const override { return m_firstSpace; }

private:
    using Processor = sentencepiece::SentencePieceProcessor;
    struct Parts;

    explicit SentencePieceTokenizer(Parts parts);
    static Parts readFolder(const std::filesystem::path& folder);

    void appendPlain(std::string_view text, std::vector<TokenId>& ids) const override;
    void appendSpelled(std::string_view text, std::vector<TokenId>& ids) const;

    std::unique_ptr<const Processor> m_processor;
    std::vector<std::string> m_tokens; // bytes by id
    std::optional<TokenId> m_startToken;
    FirstSpace m_firstSpace = FirstSpace::Text;
};

} // namespace phial::text
