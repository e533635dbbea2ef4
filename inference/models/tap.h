// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

namespace phial::models {

/// Receives intermediate results by the names used in golden data. `index` is the layer, block or
/// crop number, -1 where there is none. The view is valid during the call only; its rows are those
/// of the current chunk.
using TapSink =
    std::function<void(std::string_view name, std::int64_t index, const TensorView& view)>;

/// A place in a network where results can be looked at. Free when no sink is set; with one the work
/// recorded so far is run first, so taps are for immediate streams.
class Tap {
public:
    void setSink(TapSink sink) { m_sink = std::move(sink); }

    bool on() const { return m_sink != nullptr; }

    void operator()(gpu::CommandStream& s, std::string_view name, std::int64_t index,
                    const TensorView& view) const {
        if (m_sink && s.mode() == gpu::CommandStream::Mode::Immediate) {
            s.submitAndWait();
            m_sink(name, index, view);
        }
    }

private:
    TapSink m_sink;
};

/// Listens at a tap as long as it lives.
class TapListener {
public:
    TapListener(Tap& tap, TapSink sink)
        : m_tap(tap) {
        m_tap.setSink(std::move(sink));
    }

    ~TapListener() { m_tap.setSink(nullptr); }

    TapListener(const TapListener&) = delete;
    TapListener& operator=(const TapListener&) = delete;

private:
    Tap& m_tap;
};

} // namespace phial::models
