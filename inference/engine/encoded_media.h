// SPDX-License-Identifier: MIT
#pragma once

#include "inference/models/conformer_encoder.h"
#include "inference/preprocess/media.h"
#include "inference/tensor/tensor.h"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <vector>

namespace phial {

/// Decoder rows of one image or recording, on the device.
struct EncodedMedia {
    std::uint64_t serial = 0;   ///< never given twice; equal serials mean equal rows
    std::vector<Tensor> pieces; ///< [n, D] F32 each, in order
    std::int64_t tokens = 0;    ///< rows of all pieces
    std::uint64_t bytes = 0;    ///< device memory
};

/// Keeps what the encoders made, so that a picture that stays in a conversation is encoded once.
/// Found by content: a hash first, then all bytes, so that no collision can mix two pictures up.
/// The least recently used entries go when the limit is passed. One thread.
class EncodedMediaCache {
public:
    explicit EncodedMediaCache(std::uint64_t limitBytes)
        : m_limitBytes(limitBytes) {}

    /// Shared because the request in work must keep its rows while newer entries push them out of
    /// the cache.
    using Entry = std::shared_ptr<const EncodedMedia>;
    /// Runs the encoder; returns the pieces.
    using Encode = std::function<std::vector<Tensor>()>;

    Entry image(const std::shared_ptr<const Image>& image, const Encode& encode);
    Entry audio(const std::shared_ptr<const AudioClip>& clip, models::AudioProjection projection,
                const Encode& encode);

    void clear() { m_slots.clear(); }

private:
    struct Slot {
        std::uint64_t hash = 0;
        std::shared_ptr<const Image> image; ///< one of the two
        std::shared_ptr<const AudioClip> clip;
        models::AudioProjection projection = models::AudioProjection::Speech;
        Entry entry;
    };

    Entry find(std::uint64_t hash, const std::function<bool(const Slot&)>& same);
    Entry keep(Slot slot, const Encode& encode);

    std::uint64_t m_limitBytes;
    std::uint64_t m_nextSerial = 1;
    std::list<Slot> m_slots; ///< most recently used first
};

} // namespace phial
