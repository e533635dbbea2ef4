// SPDX-License-Identifier: MIT
// What most translation units parse anyway, parsed once per target. Only builds with
// PHIAL_PRECOMPILE see it: every file still includes what it uses, and the other builds prove that.
#pragma once

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <regex>
#include <span>
#include <sstream>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#ifdef PHIAL_PRECOMPILE_TEST
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#endif

#if __has_include(<QWidget>)
#include <QtWidgets>
#endif
