// SPDX-License-Identifier: MIT
#include "inference/gpu/device_impl.h"
#include "inference/gpu/recording_impl.h"

namespace phial::gpu {

Recording::Impl::~Impl() {
    if (submission != 0) { // run() ended with an exception
        device.impl().timeline.waitQuietly(submission);
    }
}

Recording::Recording() = default;

Recording::Recording(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}

Recording::~Recording() = default;
Recording::Recording(Recording&&) noexcept = default;
Recording& Recording::operator=(Recording&&) noexcept = default;

Totals Recording::totals() const {
    return m_impl == nullptr ? Totals{} : m_impl->encoder->totals();
}

void Recording::run() {
    Timeline& timeline = m_impl->device.impl().timeline;
    m_impl->submission = timeline.submit(m_impl->encoder->commands());
    timeline.wait(m_impl->submission);
    m_impl->submission = 0;
}

} // namespace phial::gpu
