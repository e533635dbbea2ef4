// SPDX-License-Identifier: MIT
// What each scheme keeps of the golden model; prints the rows of docs/quantization.md.
#include "tests/engine/package_fixture.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>

namespace phial {
namespace {

using test::PackageTest;
using test::Steps;

class PackageQuality : public PackageTest {
protected:
    Steps agreementOf(const package::Plan& plan) {
        Phi4Parts parts = loadParts(options(600, quantized(plan)), {}, {});
        Steps steps = agreement(parts, textRequest(1), "model_text");
        steps += agreement(parts, speechRequest(1), "model_speech");
        steps += agreement(parts, imageRequest(1), "model_image");
        std::printf("| %s | %d of %d | %.0f %% |\n", plan.name().c_str(), steps.agreeing, steps.all,
                    100 * steps.share());
        std::fflush(stdout);
        return steps;
    }
};

TEST_F(PackageQuality, GrowsWithTheBits) {
    std::map<std::string, double> share;
    for (const char* scheme : {"keep", "q8", "sq6", "sq5", "sq4", "sq3", "sq2", "sinq:8", "sinq:6",
                               "sinq:5", "sinq:4", "sinq:3", "sinq:2", "nf4", "hqq", "rtn"}) {
        share[scheme] =
            agreementOf(package::Plan::withDecoder(package::parseScheme(scheme))).share();
    }
    for (const char* plan : {"default", "compact", "small"}) {
        share[plan] = agreementOf(package::Plan::byName(plan)).share();
    }
    EXPECT_GE(share["q8"], 0.9);
    EXPECT_GE(share["sq6"], share["sq4"]);
    EXPECT_GE(share["sq4"], share["sq3"]);
    EXPECT_GE(share["sq3"], share["sq2"]);
    EXPECT_GE(share["sq4"], share["sinq:4"]);
    EXPECT_GE(share["sq4"], share["rtn"]);
}

} // namespace
} // namespace phial
