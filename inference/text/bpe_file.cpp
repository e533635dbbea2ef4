// SPDX-License-Identifier: MIT
#include "inference/text/bpe_file.h"

#include "inference/base/error.h"
#include "inference/text/byte_alphabet.h"
#include "inference/text/json_file.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace phial::text {
namespace {

Error badFile(const std::string& sentence) {
    return {ErrorCode::BadTokenizer, sentence};
}

/// True when `object[key]` is there and not null.
bool has(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && !found->is_null();
}

/// The kind of a pipeline step; "none" when it is absent.
std::string typeOf(const Json& root, const char* step) {
    if (!has(root, step)) {
        return "none";
    }
    return stringAt(objectAt(root, step), "type", step);
}

void requireType(const Json& root, const char* step, std::string_view expected) {
    const std::string type = typeOf(root, step);
    if (type != expected && type != "none") {
        throw badFile(std::string(step) + " is of type \"" + type + "\", expected \"" +
                      std::string(expected) +
                      "\" or none; this checkpoint needs another tokenizer");
    }
}

WordPattern readPattern(const Json& root) {
    const Json& pre = objectAt(root, "pre_tokenizer");
    const std::string type = stringAt(pre, "type", "pre_tokenizer");
    const auto steps = pre.find("pretokenizers");
    if (type != "Sequence" || steps == pre.end() || !steps->is_array() || steps->size() != 2 ||
        !(*steps)[0].is_object() || !(*steps)[1].is_object()) {
        throw badFile("pre_tokenizer is not the sequence of Split and ByteLevel that is expected");
    }
    const Json& split = (*steps)[0];
    const Json& bytes = (*steps)[1];
    if (stringAt(split, "type", "pre_tokenizer") != "Split" ||
        stringAt(bytes, "type", "pre_tokenizer") != "ByteLevel") {
        throw badFile("pre_tokenizer is not the sequence of Split and ByteLevel that is expected");
    }
    if (flagAt(bytes, "add_prefix_space", true) || flagAt(bytes, "use_regex", true)) {
        throw badFile("the ByteLevel pre_tokenizer adds spaces or splits again, expected "
                      "add_prefix_space and use_regex to be false");
    }
    const std::string regex = stringAt(objectAt(split, "pattern"), "Regex", "pre_tokenizer");
    const std::optional<WordPattern> pattern = findPattern(regex);
    if (!pattern) {
        throw badFile("the pre_tokenizer pattern " + regex.substr(0, 200) +
                      " is not one that Phial knows");
    }
    // Every character belongs to a match, so that keeping only the matches and cutting at the
    // matches come to the same.
    const std::string behavior = stringAt(split, "behavior", "pre_tokenizer");
    if (behavior != "Isolated" && !(behavior == "Removed" && flagAt(split, "invert", false))) {
        throw badFile("the Split pre_tokenizer has behavior \"" + behavior +
                      "\", expected \"Isolated\", or \"Removed\" with invert");
    }
    return *pattern;
}

std::vector<AddedToken> readAddedTokens(const Json& root) {
    std::vector<AddedToken> tokens;
    if (!has(root, "added_tokens")) {
        return tokens;
    }
    for (const Json& entry : arrayAt(root, "added_tokens")) {
        if (!entry.is_object()) {
            throw badFile("an entry of added_tokens is not an object");
        }
        AddedToken token{.id =
                             idFrom(entry.contains("id") ? entry.at("id") : Json(), "added_tokens"),
                         .content = stringAt(entry, "content", "added_tokens"),
                         .special = flagAt(entry, "special", false),
                         .swallowsSpace = flagAt(entry, "rstrip", false)};
        if (flagAt(entry, "lstrip", false) || flagAt(entry, "single_word", false)) {
            throw badFile("the added token \"" + token.content +
                          "\" asks for lstrip or single_word, which Phial does not support");
        }
        tokens.push_back(std::move(token));
    }
    return tokens;
}

void requirePlainBpe(const Json& model) {
    if (const std::string type = stringAt(model, "type", "model"); type != "BPE") {
        throw badFile("model is of type \"" + type + "\", expected \"BPE\"");
    }
    for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
        if (has(model, key) && stringAt(model, key, "model") != "") {
            throw badFile("model." + std::string(key) + " is set, expected none");
        }
    }
    if (has(model, "dropout") && model.at("dropout") != Json(0.0)) {
        throw badFile("model.dropout is set, expected none");
    }
    if (flagAt(model, "byte_fallback", false)) {
        throw badFile("model.byte_fallback is set: this is not a byte-level vocabulary; the folder "
                      "should hold the tokenizer.model it was made from");
    }
}

/// Ids by the token as the file writes it. The views live as long as `vocabulary`.
using IdsByText = std::unordered_map<std::string_view, TokenId>;

IdsByText readVocabulary(const Json& vocabulary, BpeModel& model) {
    std::unordered_map<std::string_view, TokenId> addedIds;
    for (const AddedToken& token : model.addedTokens) {
        addedIds.emplace(token.content, token.id);
    }
    IdsByText ids;
    ids.reserve(vocabulary.size());
    for (const auto& [text, value] : vocabulary.items()) {
        const TokenId id = idFrom(value, "model.vocab");
        if (text.empty()) {
            throw badFile("model.vocab has an empty token");
        }
        // Added tokens may be listed here again; they are no part of what merging makes.
        if (const auto added = addedIds.find(text); added != addedIds.end()) {
            if (added->second != id) {
                throw badFile("the token \"" + text + "\" has id " + std::to_string(id) +
                              " in model.vocab and " + std::to_string(added->second) +
                              " in added_tokens");
            }
            continue;
        }
        std::optional<std::string> bytes = bytesFromAlphabet(text);
        if (!bytes) {
            throw badFile("the token \"" + text +
                          "\" of model.vocab is not written in the "
                          "byte-level alphabet");
        }
        const auto index = static_cast<std::size_t>(id);
        if (index >= model.tokens.size()) {
            model.tokens.resize(index + 1);
        }
        if (!model.tokens[index].empty()) {
            throw badFile("two tokens of model.vocab have id " + std::to_string(id));
        }
        model.tokens[index] = std::move(*bytes);
        ids.emplace(text, id);
    }
    return ids;
}

/// The two halves of a merge, which is written ["a", "b"] or "a b".
std::pair<std::string_view, std::string_view> mergeParts(const Json& entry) {
    if (entry.is_array() && entry.size() == 2 && entry[0].is_string() && entry[1].is_string()) {
        return {entry[0].get_ref<const std::string&>(), entry[1].get_ref<const std::string&>()};
    }
    if (entry.is_string()) {
        const std::string_view both = entry.get_ref<const std::string&>();
        const std::size_t space = both.find(' ');
        if (space != std::string_view::npos) {
            return {both.substr(0, space), both.substr(space + 1)};
        }
    }
    throw badFile("an entry of model.merges is neither a pair of strings nor \"a b\"");
}

std::vector<BpeMerge> readMerges(const Json& entries, const IdsByText& ids) {
    const auto idOf = [&](std::string_view text) {
        const auto found = ids.find(text);
        if (found == ids.end()) {
            throw badFile("model.merges uses \"" + std::string(text.substr(0, 100)) +
                          "\", which is not in model.vocab");
        }
        return found->second;
    };
    std::vector<BpeMerge> merges;
    merges.reserve(entries.size());
    std::string result;
    for (const Json& entry : entries) {
        const auto [left, right] = mergeParts(entry);
        result.assign(left).append(right);
        merges.push_back({.left = idOf(left), .right = idOf(right), .result = idOf(result)});
    }
    return merges;
}

BpeModel readModel(const Json& root) {
    requireType(root, "decoder", "ByteLevel");
    requireType(root, "post_processor", "ByteLevel");
    if (const std::string type = typeOf(root, "normalizer"); type != "none") {
        throw badFile("normalizer is of type \"" + type + "\", expected none");
    }
    BpeModel model;
    model.pattern = readPattern(root);
    model.addedTokens = readAddedTokens(root);
    const Json& bpe = objectAt(root, "model");
    requirePlainBpe(bpe);
    model.wholeWords = flagAt(bpe, "ignore_merges", false) ? WholeWords::Keep : WholeWords::Merge;
    const IdsByText ids = readVocabulary(objectAt(bpe, "vocab"), model);
    model.merges = readMerges(arrayAt(bpe, "merges"), ids);
    return model;
}

} // namespace

BpeModel readBpeModel(const std::filesystem::path& file) {
    const Json root = readJsonObject(file);
    try {
        return readModel(root);
    } catch (const Error& error) {
        throw error.with(file.string());
    }
}

} // namespace phial::text
