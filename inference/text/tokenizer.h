// SPDX-License-Identifier: MIT
#pragma once

#include "inference/text/added_tokens.h"
#include "inference/text/token.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace phial::text {

/// Turns text into token ids and ids into bytes. It knows nothing of prompts (chat_template.h) or
/// of which ids end an answer (generation settings of the checkpoint). Immutable after
/// construction: all functions may be called from any thread.
class Tokenizer {
public:
    virtual ~Tokenizer() = default;
    Tokenizer(const Tokenizer&) = delete;
    Tokenizer& operator=(const Tokenizer&) = delete;

    /// Ids of text that people or files brought. Whatever it says, no added token (such as
    /// "<|end|>") comes out of it. Bytes that are not UTF-8 do no harm. Throws
    /// Error{InvalidArgument} above 1 GiB.
    std::vector<TokenId> encodePlain(std::string_view text) const;

    /// Ids of text written by the program itself: added tokens in it become their ids (leftmost,
    /// then longest), together with the white space that they swallow; the rest is plain.
    std::vector<TokenId> encodeTemplate(std::string_view text) const;

    /// The bytes that `id` stands for; often not whole UTF-8 characters (see detokenizer.h).
    /// Empty for ids that stand for nothing: holes, and rows that only pad the embedding table.
    /// Valid as long as the tokenizer lives.
    virtual std::string_view bytes(TokenId id) const = 0;

    /// One more than the highest id in use; the embedding table of the model may be longer.
    virtual int vocabularySize() const = 0;

    /// Special strings: AddedTokens::find gives the id of "<|image|>" and the like.
    const AddedTokens& addedTokens() const { return m_addedTokens; }

    /// The id of an added token, or none: `specialId("<|end|>")`.
    std::optional<TokenId> specialId(std::string_view content) const;

    /// True for tokens that are left out when text for people is made. Tool tokens are added
    /// tokens, but not special.
    bool isSpecial(TokenId id) const;

    /// The token with which every prompt begins, if the checkpoint asks for one.
    virtual std::optional<TokenId> startToken() const { return std::nullopt; }

    /// What the space in front of the very first token of a text means.
    enum class FirstSpace {
        Text,   ///< it belongs to the text
        Marker, ///< it only marks the beginning of a word and is not shown
    };

    virtual FirstSpace firstSpace() const { return FirstSpace::Text; }

protected:
    explicit Tokenizer(AddedTokens addedTokens);

private:
    /// Appends the ids of `text` (not empty, at most 1 GiB), none of them an added token.
    virtual void appendPlain(std::string_view text, std::vector<TokenId>& ids) const = 0;

    AddedTokens m_addedTokens;
};

/// Loads the tokenizer of a checkpoint folder: tokenizer.model (SentencePiece) when it is there,
/// else tokenizer.json (byte-level BPE). Throws Error{BadTokenizer} naming the file and what is
/// wrong with it, or the folder when it holds neither; Error{FileUnreadable} when reading fails.
std::unique_ptr<const Tokenizer> loadTokenizer(const std::filesystem::path& folder);

} // namespace phial::text
