// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/shape.h"
#include "inference/weights/safetensors.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace phial::test {

/// tests/golden/phi4mm-tiny: the tiny model and the expected output of every stage; see its README.
std::filesystem::path goldenFolder();

/// Tensors of one golden file, by name. A name that is not there throws Error{Internal}.
class GoldenFile {
public:
    /// `stem`: of cases/<stem>.safetensors.
    explicit GoldenFile(const std::string& stem);

    bool has(const std::string& name) const;
    Shape shape(const std::string& name) const;

    /// F32, F16, BF16 as float.
    std::vector<float> floats(const std::string& name) const;

    /// U8, BOOL, I16, I32, I64.
    std::vector<std::int64_t> integers(const std::string& name) const;

private:
    const weights::StoredTensor& tensor(const std::string& name) const;

    weights::SafetensorsFile m_file;
};

} // namespace phial::test
