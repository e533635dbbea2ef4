// SPDX-License-Identifier: MIT
#pragma once

#include "inference/package/layout.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace phial::package {

inline constexpr int kPackageVersion = 1;
inline constexpr const char* kManifestName = "phial.json";

struct FileRecord {
    std::uint64_t bytes = 0;
    std::string sha256;
};

/// One file that a model read so that its inputs could be measured.
struct CalibrationFile {
    std::string name; ///< without its folder
    FileRecord record;
};

/// What the column scales of a calibrated package were chosen on.
struct CalibrationRecord {
    std::int64_t samples = 0; ///< positions of the files whose inputs were used
    std::vector<CalibrationFile> files;
};

struct TensorRecord {
    Scheme scheme;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::int64_t paddedColumns = 0;
    std::string file;
    std::map<std::string, std::string> sha256; ///< stored name -> hash of its bytes
};

/// phial.json: what a package is. A value type.
struct Manifest {
    int version = kPackageVersion;
    std::string plan;
    std::optional<CalibrationRecord> calibration; ///< absent: not calibrated
    std::string sourceName;
    std::map<std::string, FileRecord> sourceFiles; ///< name, bytes, hash of the file's header
    std::map<std::string, TensorRecord> tensors;   ///< quantized and kept ones
    std::map<std::string, FileRecord> files;       ///< every file of the package but phial.json

    /// JSON text with its own hash inside ("sha256"), so that a changed manifest is noticed too.
    std::string toJson() const;

    /// Whether a folder is a package.
    static bool existsIn(const std::filesystem::path& folder);

    /// Throws Error{BadCheckpoint} naming the file and what is wrong with it: not JSON, an unknown
    /// version, changed by hand or damage.
    static Manifest load(const std::filesystem::path& folder);
};

} // namespace phial::package
