// SPDX-License-Identifier: MIT
#pragma once

#include "app/tasks/task.h"
#include "inference/base/error.h"
#include "inference/engine/engine.h"
#include "inference/engine/probe.h"

#include <nlohmann/json.hpp>

namespace phial::cli {

// The JSON forms are part of the program's interface: fields are added, never renamed.

nlohmann::ordered_json toJson(const GenerationResult& result, const EngineInfo& info);
nlohmann::ordered_json toJson(const tasks::SpeechPart& part);
nlohmann::ordered_json toJson(const gpu::DeviceInfo& device);
nlohmann::ordered_json toJson(const ProbeRow& row);
nlohmann::ordered_json toJson(const Error& error);

/// "discrete", "integrated", "virtual", "software", "other".
const char* kindName(gpu::DeviceKind kind);
const char* precisionName(Precision precision);

} // namespace phial::cli
