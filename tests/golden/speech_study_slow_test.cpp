// SPDX-License-Identifier: MIT
// Twelve recordings times three tasks.
#include "tests/golden/speech_study.h"

namespace phial {
namespace {

class SpeechStudySlowTest : public test::SpeechStudy {
protected:
    void expectAll(Precision precision, double leastMargin) {
        const auto engine = load(precision);
        for (const nlohmann::json& entry : m_expected) {
            expectIds(*engine, entry, {"transcribe", "german", "spanish"}, leastMargin);
        }
    }
};

TEST_F(SpeechStudySlowTest, AllInFp32) {
    expectAll(Precision::Fp32, 0);
}

TEST_F(SpeechStudySlowTest, AllInFp16WhereTheReferenceWasSure) {
    expectAll(Precision::Fp16, 0.05);
}

} // namespace
} // namespace phial
