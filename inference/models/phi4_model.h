// SPDX-License-Identifier: MIT
#pragma once

#include "inference/models/conformer_encoder.h"
#include "inference/models/phi4_decoder.h"
#include "inference/models/phi4_weights.h"
#include "inference/models/siglip_encoder.h"

#include <memory>
#include <span>

namespace phial::models {

/// The three networks of one checkpoint on one device. The encoders' scratch memory is made when
/// they are first used, so that a text conversation does not pay for it. One thread; the device
/// outlives the object.
class Phi4Model {
public:
    struct Options {
        DType activations = DType::F32;
        std::int64_t context = 0; ///< tokens; 0 = as the model and the device's memory allow
        ops::KvFormat kvFormat = ops::KvFormat::Plain;
        std::int64_t cropsAtOnce = 0; ///< of the image encoder; 0 = as many as it likes
        std::span<const weights::PeftAdapter> adapters = {}; ///< needed while loading only
        std::function<void(double, double)> onProgress;      ///< (bytes read, bytes to read)
        std::stop_token stop;
    };

    /// Reads the weights. Throws what loadPhi4Weights() throws.
    Phi4Model(gpu::Device& device, const weights::Checkpoint& checkpoint,
              const weights::ModelConfig& config, const Options& options);

    /// With weights from elsewhere, of the shapes that `config` says.
    Phi4Model(gpu::Device& device, const weights::ModelConfig& config, Phi4Weights weights,
              const Options& options);

    const weights::ModelConfig& config() const { return m_config; }

    const Phi4Weights& weights() const { return m_weights; }

    DType activations() const { return m_activations; }

    Phi4Decoder& decoder() { return *m_decoder; }

    /// Only where config().sees() / hears().
    SiglipEncoder& imageEncoder();
    ConformerEncoder& audioEncoder();

private:
    gpu::Device& m_device;
    weights::ModelConfig m_config;
    DType m_activations;
    std::int64_t m_cropsAtOnce;
    Phi4Weights m_weights;
    std::unique_ptr<Phi4Decoder> m_decoder;
    std::unique_ptr<SiglipEncoder> m_imageEncoder;
    std::unique_ptr<ConformerEncoder> m_audioEncoder;
};

} // namespace phial::models
