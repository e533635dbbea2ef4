// SPDX-License-Identifier: MIT
// A few recordings for every run of the suite; all of them are in speech_study_slow_test.cpp.
#include "tests/golden/speech_study.h"

namespace phial {
namespace {

class SpeechStudyTest : public test::SpeechStudy {};

TEST_F(SpeechStudyTest, TranscribesAndTranslatesInFp32) {
    const auto engine = load(Precision::Fp32);
    expectIds(*engine, m_expected[0], {"transcribe", "german", "spanish"}, 0);
    expectIds(*engine, m_expected[7], {"transcribe"}, 0); // a voice it never heard
}

TEST_F(SpeechStudyTest, TranscribesInFp16) {
    const auto engine = load(Precision::Fp16);
    expectIds(*engine, m_expected[2], {"transcribe", "german"}, 0.05);
}

} // namespace
} // namespace phial
