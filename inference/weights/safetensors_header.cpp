// SPDX-License-Identifier: MIT
#include "inference/weights/safetensors_header.h"

#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <set>
#include <utility>

namespace phial::weights {

namespace {

constexpr std::size_t kLargestRank = 8;
constexpr std::string_view kMetadata = "__metadata__";

using Json = nlohmann::json;

/// Accepts exactly {"name": {"dtype": text, "shape": [n...], "data_offsets": [n, n]}, ...,
/// "__metadata__": {text: text, ...}}. Returning false ends the parse; the reason is in m_problem.
class HeaderHandler final : public Json::json_sax_t {
public:
    bool null() override { return unexpected("null"); }

    bool boolean(bool /*value*/) override { return unexpected("a truth value"); }

    bool number_integer(number_integer_t /*value*/) override {
        return unexpected("a negative number");
    }

    bool number_unsigned(number_unsigned_t value) override {
        if (m_list == nullptr) {
            return unexpected("a number");
        }
        if (m_list->size() >= kLargestRank) {
            return fail("too many numbers in '" + m_key + "'");
        }
        m_list->push_back(value);
        return true;
    }

    bool number_float(number_float_t /*value*/, const string_t& text) override {
        return unexpected("the number " + text.substr(0, 40));
    }

    bool string(string_t& value) override {
        if (m_depth != 2 || m_list != nullptr) {
            return unexpected("text");
        }
        if (m_inMetadata) {
            m_header.metadata[m_key] = std::move(value);
            return true;
        }
        if (m_key != "dtype") {
            return unexpected("text");
        }
        m_header.tensors.back().type = std::move(value);
        return true;
    }

    bool binary(binary_t& /*value*/) override { return unexpected("binary data"); }

    bool start_object(std::size_t /*elements*/) override {
        ++m_depth;
        if (m_depth > 2 || m_list != nullptr) {
            return unexpected("an object");
        }
        return true;
    }

    bool key(string_t& value) override {
        if (m_depth == 1) {
            if (!m_names.insert(value).second) {
                return fail("it lists '" + value.substr(0, 200) + "' twice");
            }
            m_inMetadata = value == kMetadata;
            if (!m_inMetadata) {
                m_header.tensors.push_back({.name = value});
            }
            m_tensorKeys = 0;
            m_key = std::move(value);
            return true;
        }
        m_key = std::move(value);
        return m_inMetadata || startField();
    }

    bool end_object() override {
        if (m_depth == 2 && !m_inMetadata && m_tensorKeys != (kType | kShape | kOffsets)) {
            return fail("tensor '" + tensorName() + "' lacks dtype, shape or data_offsets");
        }
        --m_depth;
        return true;
    }

    bool start_array(std::size_t /*elements*/) override {
        if (m_depth != 2 || m_inMetadata || m_list != nullptr ||
            (m_key != "shape" && m_key != "data_offsets")) {
            return unexpected("a list");
        }
        HeaderTensor& tensor = m_header.tensors.back();
        m_list = m_key == "shape" ? &tensor.shape : &tensor.offsets;
        return true;
    }

    bool end_array() override {
        m_list = nullptr;
        return true;
    }

    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const Json::exception& /*reason*/) override {
        return fail("it is no valid JSON at byte " + std::to_string(position));
    }

    const std::string& problem() const { return m_problem; }

    Header takeHeader() { return std::move(m_header); }

private:
    enum Field : unsigned { kType = 1, kShape = 2, kOffsets = 4 };

    bool startField() {
        const unsigned field = m_key == "dtype"          ? kType
                               : m_key == "shape"        ? kShape
                               : m_key == "data_offsets" ? kOffsets
                                                         : 0U;
        if (field == 0 || (m_tensorKeys & field) != 0) {
            return fail("tensor '" + tensorName() + "' has an unexpected or repeated key '" +
                        m_key.substr(0, 40) + "'");
        }
        m_tensorKeys |= field;
        return true;
    }

    std::string tensorName() const {
        return m_header.tensors.empty() ? "" : m_header.tensors.back().name.substr(0, 200);
    }

    bool unexpected(const std::string& what) {
        return fail("it holds " + what + " where none belongs" +
                    (m_key.empty() ? "" : ", near '" + m_key.substr(0, 200) + "'"));
    }

    bool fail(std::string problem) {
        if (m_problem.empty()) {
            m_problem = std::move(problem);
        }
        return false;
    }

    Header m_header;
    std::set<std::string> m_names;
    std::string m_key;
    std::string m_problem;
    std::vector<std::uint64_t>* m_list = nullptr; ///< the list being read
    int m_depth = 0;                              ///< of objects
    unsigned m_tensorKeys = 0;                    ///< fields seen of the current tensor
    bool m_inMetadata = false;
};

} // namespace

Header parseHeader(std::string_view json, const std::string& file) {
    HeaderHandler handler;
    const bool complete = Json::sax_parse(json.begin(), json.end(), &handler);
    if (!complete) {
        throw Error(ErrorCode::BadCheckpoint,
                    "the header of " + file + " is broken: " + handler.problem());
    }
    return handler.takeHeader();
}

} // namespace phial::weights
