// SPDX-License-Identifier: MIT
// A few recordings for every run of the suite; all of them are in recordings_slow_test.cpp.
#include "tests/golden/recordings.h"

namespace phial {
namespace {

class RecordingsTest : public test::Recordings {};

TEST_F(RecordingsTest, TranscribesAndTranslatesInFp32) {
    const auto engine = load(Precision::Fp32);
    expectIds(*engine, m_expected[0], {"transcribe", "german", "french"}, 0);
    expectIds(*engine, m_expected[7], {"transcribe"}, 0); // a voice it was never trained on
}

TEST_F(RecordingsTest, TranscribesInFp16) {
    const auto engine = load(Precision::Fp16);
    expectIds(*engine, m_expected[2], {"transcribe", "german"}, 0.05);
}

} // namespace
} // namespace phial
