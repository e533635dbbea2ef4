// SPDX-License-Identifier: MIT
#pragma once

#include "inference/package/scheme.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace phial::package {

/// Which scheme each tensor of a checkpoint gets: an ordered list of patterns over the original
/// tensor names; the first that matches decides, what nothing matches is kept. '*' stands for any
/// characters.
class Plan {
public:
    /// The shipped plans: "default" (4.5-bit decoder, 8-bit rest but for one half of the speech
    /// adapter in 6.5), "compact" (4.5 bits also for embedding and adapters, 6.5 for the image
    /// tower), "small" (3.5-bit decoder, else compact), "audio" (default without everything that
    /// only sees), "keep". Throws Error{InvalidArgument}.
    static Plan byName(std::string_view name);

    /// The default plan with another scheme for the decoder's linears.
    static Plan withDecoder(const Scheme& scheme);

    /// A JSON file: {"name": "mine", "rules": [["model.layers.*.mlp.down_proj.*", "sq5"], ...]}.
    /// Scheme texts are those of the command line
    /// ("sq4", "sinq:3:64", "q8", "keep", "omit"). Throws Error{InvalidArgument, FileUnreadable}
    /// naming the file and the rule.
    static Plan fromFile(const std::filesystem::path& path);

    const std::string& name() const { return m_name; }

    /// A rule that omits goes before all others. Vectors, convolutions, position tables, norms and
    /// matrices too small to gain are kept whatever the other rules say.
    Scheme schemeFor(std::string_view tensor, const std::vector<std::int64_t>& shape) const;

    /// Tensors that are never read: the last tower layer, its head and post norm.
    static bool unused(std::string_view tensor, int visionLayers);

private:
    struct Rule {
        std::string pattern;
        Scheme scheme;
    };

    std::string m_name;
    std::vector<Rule> m_rules;
};

/// Whether `text` matches `pattern`, in which '*' stands for any run of characters.
bool matches(std::string_view pattern, std::string_view text);

/// Parses "sq4", "sinq:3:64", "q8": a scheme text as it stands in plan files.
Scheme parseScheme(std::string_view text);

} // namespace phial::package
