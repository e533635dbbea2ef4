// SPDX-License-Identifier: MIT
#pragma once

#include "inference/text/tokenizer.h"

#include <span>
#include <string>

namespace phial::text {

/// What happens to special tokens ("<|end|>") when ids become text. Tool tokens are not special
/// and are always shown.
enum class SpecialTokens {
    Skip,
    Show,
};

/// Turns ids into text one by one. Characters may be spread over several tokens: what push()
/// returns is always complete UTF-8, and bytes that cannot become a character appear as U+FFFD as
/// soon as that is certain. All the returned pieces together do not depend on how the ids were
/// grouped and equal Python's `bytes.decode(errors="replace")` of all bytes.
/// Cheap to make and copy; not thread-safe. The tokenizer must live longer.
class Detokenizer {
public:
    explicit Detokenizer(const Tokenizer& tokenizer, SpecialTokens special = SpecialTokens::Skip);

    /// The text that is certain after one more token; often empty. Ids that stand for nothing add
    /// nothing.
    std::string push(TokenId id);

    /// What is left of an unfinished character (U+FFFD or nothing), and back to the beginning.
    std::string flush();

private:
    std::string takeCertainText();

    const Tokenizer* m_tokenizer; // borrowed, never null
    SpecialTokens m_special;
    std::string m_pending; // bytes not yet returned: at most an unfinished character between calls
    bool m_atStart = true;
};

/// The text of all `ids` at once.
std::string decode(const Tokenizer& tokenizer, std::span<const TokenId> ids,
                   SpecialTokens special = SpecialTokens::Skip);

} // namespace phial::text
