// SPDX-License-Identifier: MIT
// Twelve recordings times four tasks.
#include "tests/golden/recordings.h"

namespace phial {
namespace {

class RecordingsSlowTest : public test::Recordings {
protected:
    void expectAll(Precision precision, double leastMargin) {
        const auto engine = load(precision);
        for (const nlohmann::json& entry : m_expected) {
            expectIds(*engine, entry, {"transcribe", "german", "spanish", "french"}, leastMargin);
        }
    }
};

TEST_F(RecordingsSlowTest, AllInFp32) {
    expectAll(Precision::Fp32, 0);
}

TEST_F(RecordingsSlowTest, AllInFp16WhereTheReferenceWasSure) {
    expectAll(Precision::Fp16, 0.05);
}

} // namespace
} // namespace phial
