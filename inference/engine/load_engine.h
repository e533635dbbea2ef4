// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"
#include "inference/engine/phi4_engine.h"

#include <memory>

namespace phial {

/// The steps of loadEngine() up to the networks, shared with the probe: opens the folder, the
/// device, the tokenizer and the weights. Throws as loadEngine().
Phi4Parts loadParts(const EngineOptions& options,
                    const std::function<void(const Progress&)>& onProgress,
                    const std::stop_token& stop);

/// loadEngine() with its own type, for measurements that look inside.
std::unique_ptr<Phi4Engine> loadPhi4Engine(const EngineOptions& options,
                                           const std::function<void(const Progress&)>& onProgress,
                                           std::stop_token stop);

/// The engine's word for the ops'.
ops::KvFormat kvFormat(KvCacheFormat format);

/// The type of activations for a wish and a device. Throws Error{DeviceUnsuitable} when fp16 is
/// asked for and the device cannot store it.
DType activationType(Precision precision, const gpu::DeviceInfo& device);

} // namespace phial
