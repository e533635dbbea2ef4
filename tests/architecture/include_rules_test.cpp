// SPDX-License-Identifier: MIT
// The order of dependencies, enforced by reading every #include. The drawing is in
// docs/architecture.md.
#include "tests/architecture/source_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

namespace phial::architecture {
namespace {

bool startsWith(const std::string& text, const std::string& prefix) {
    return text.rfind(prefix, 0) == 0;
}

bool isQt(const Include& include) {
    static const std::regex qt(R"(^Q[A-Z].*|^Qt[A-Z].*/.*)");
    return include.system && std::regex_match(include.target, qt);
}

/// First two path components of an inference header: "inference/gpu/x.h" -> "gpu".
std::string inferenceFolder(const std::string& path) {
    const auto begin = std::string("inference/").size();
    return path.substr(begin, path.find('/', begin) - begin);
}

// What each folder of the engine may include besides itself.
const std::map<std::string, std::set<std::string>> kInferenceOrder = {
    {"base", {}},
    {"gpu", {"base"}},
    {"tensor", {"base", "gpu", "quant"}},
    {"preprocess", {"base"}},
    {"text", {"base"}},
    {"evaluate", {"base", "text"}},
    {"weights", {"base", "quant"}},
    {"quant", {"base"}},
    {"package", {"base", "quant", "weights"}},
    {"reference", {"base", "quant"}},
    {"ops", {"base", "gpu", "tensor", "quant"}},
    {"models", {"base", "gpu", "tensor", "quant", "package", "ops", "weights"}},
    {"engine",
     {"base", "gpu", "tensor", "quant", "package", "ops", "weights", "models", "preprocess", "text",
      "reference"}},
    {"compare",
     {"base", "gpu", "tensor", "package", "ops", "weights", "models", "preprocess", "text",
      "engine", "evaluate"}},
    {"bench",
     {"base", "gpu", "tensor", "quant", "package", "ops", "weights", "models", "preprocess",
      "engine"}},
};

TEST(IncludeRules, EngineFoldersOnlyLookDownwards) {
    for (const SourceFile& file : readSources({"inference"})) {
        if (!startsWith(file.path, "inference/") ||
            std::count(file.path.begin(), file.path.end(), '/') < 2) {
            continue;
        }
        const std::string folder = inferenceFolder(file.path);
        ASSERT_TRUE(kInferenceOrder.contains(folder))
            << folder << " is not in the dependency order; see docs/architecture.md";
        for (const Include& include : file.includes) {
            if (startsWith(include.target, "inference/")) {
                const std::string other = inferenceFolder(include.target);
                EXPECT_TRUE(other == folder || kInferenceOrder.at(folder).contains(other))
                    << file.path << " includes " << include.target;
            }
        }
    }
}

TEST(IncludeRules, EngineKnowsNoQtNoPortAudioNoWindowAndNoApplication) {
    for (const SourceFile& file : readSources({"inference"})) {
        for (const Include& include : file.includes) {
            EXPECT_FALSE(isQt(include) || include.target == "portaudio.h" ||
                         startsWith(include.target, "ui/") || startsWith(include.target, "app/"))
                << file.path << " includes " << include.target;
        }
    }
}

TEST(IncludeRules, OnlyGpuSeesVulkan) {
    for (const SourceFile& file : readSources({"app", "ui", "inference", "tests"})) {
        for (const Include& include : file.includes) {
            if (startsWith(include.target, "vulkan/")) {
                EXPECT_TRUE(startsWith(file.path, "inference/gpu/"))
                    << file.path << " includes " << include.target;
            }
        }
    }
}

TEST(IncludeRules, WindowAndEngineNeverMeet) {
    for (const SourceFile& file : readSources({"ui"})) {
        for (const Include& include : file.includes) {
            EXPECT_FALSE(startsWith(include.target, "inference/") ||
                         startsWith(include.target, "app/"))
                << file.path << " includes " << include.target;
        }
    }
}

TEST(IncludeRules, OnlyCompositionSeesTheWindow) {
    for (const SourceFile& file : readSources({"app"})) {
        for (const Include& include : file.includes) {
            if (startsWith(include.target, "ui/") && !startsWith(include.target, "ui/contracts/")) {
                EXPECT_TRUE(startsWith(file.path, "app/composition/"))
                    << file.path << " includes " << include.target;
            }
        }
    }
}

TEST(IncludeRules, ForeignLibrariesStayInTheirPlace) {
    const std::multimap<std::string, std::string> homes = {
        {"portaudio.h", "app/audio/"},        {"libavformat/", "app/documents/"},
        {"libavcodec/", "app/documents/"},    {"sentencepiece_", "inference/text/"},
        {"libswresample/", "app/documents/"}, {"libswresample/", "inference/preprocess/"},
    };
    for (const SourceFile& file : readSources({"app", "ui", "inference"})) {
        for (const Include& include : file.includes) {
            const auto concerns = [&](const auto& home) {
                return startsWith(include.target, home.first);
            };
            const auto allows = [&](const auto& home) {
                return concerns(home) && startsWith(file.path, home.second);
            };
            EXPECT_TRUE(std::none_of(homes.begin(), homes.end(), concerns) ||
                        std::any_of(homes.begin(), homes.end(), allows))
                << file.path << " includes " << include.target;
        }
    }
}

TEST(IncludeRules, NothingOpensANetworkConnection) {
    for (const SourceFile& file : readSources({"app", "ui", "inference"})) {
        for (const Include& include : file.includes) {
            EXPECT_FALSE(startsWith(include.target, "QtNetwork") ||
                         startsWith(include.target, "QNetwork") ||
                         startsWith(include.target, "QTcp") || startsWith(include.target, "QUdp") ||
                         startsWith(include.target, "QSsl") || include.target == "sys/socket.h" ||
                         include.target == "netdb.h" || include.target == "curl/curl.h")
                << file.path << " includes " << include.target;
        }
    }
}

TEST(IncludeRules, LongFilesSayWhy) {
    for (const SourceFile& file : readSources({"app", "ui", "inference"})) {
        if (file.lines > 500) {
            EXPECT_NE(file.text.find("Long because"), std::string::npos)
                << file.path << " has " << file.lines
                << " lines; split it, or state the reason in a line 'Long because ...'";
        }
    }
}

} // namespace
} // namespace phial::architecture
