// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_encoder.h"
#include "inference/gpu/command_stream.h"

#include <memory>
#include <utility>

namespace phial::gpu {

struct Recording::Impl {
    Impl(Device& onDevice, std::unique_ptr<CommandEncoder> filled)
        : device(onDevice)
        , encoder(std::move(filled)) {}

    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    Device& device;
    std::unique_ptr<CommandEncoder> encoder;
    std::uint64_t submission = 0; // not yet known to be done; 0 = none
};

} // namespace phial::gpu
