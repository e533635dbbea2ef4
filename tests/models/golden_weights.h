// SPDX-License-Identifier: MIT
#pragma once

#include "inference/models/phi4_weights.h"
#include "inference/weights/checkpoint.h"
#include "tests/support/golden.h"
#include "tests/support/gpu_fixture.h"

namespace phial::models {

/// Configuration and weights of the golden checkpoint on the shared device.
class GoldenWeightsTest : public GpuTest {
protected:
    void SetUp() override {
        GpuTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        const weights::Checkpoint checkpoint(test::goldenFolder());
        m_config = weights::loadModelConfig(checkpoint);
        m_weights = loadPhi4Weights(device(), checkpoint, m_config, {});
    }

    weights::ModelConfig m_config;
    Phi4Weights m_weights;
};

} // namespace phial::models
