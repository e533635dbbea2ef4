// SPDX-License-Identifier: MIT
#pragma once

#include "app/tasks/task.h"
#include "inference/engine/engine.h"

#include <utility>

namespace phial::cli {

/// Another engine that adds up what all its answers took, for the JSON of work in many steps.
class MeteredEngine final : public Engine {
public:
    /// `engine` must outlive this one.
    explicit MeteredEngine(Engine& engine)
        : m_engine(engine) {}

    EngineInfo info() const override { return m_engine.info(); }

    GenerationResult generate(const Request& request, const GenerationEvents& events,
                              std::stop_token stop) override {
        GenerationResult result = m_engine.generate(request, events, std::move(stop));
        tasks::addTo(m_total, result);
        return result;
    }

    int textTokens(std::string_view text) const override { return m_engine.textTokens(text); }

    int imageTokens(int width, int height) const override {
        return m_engine.imageTokens(width, height);
    }

    int audioTokens(double seconds) const override { return m_engine.audioTokens(seconds); }

    /// Everything but the text.
    const GenerationResult& total() const { return m_total; }

private:
    Engine& m_engine;
    GenerationResult m_total;
};

} // namespace phial::cli
