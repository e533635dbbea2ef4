// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace phial::cli {

/// Rows of text in aligned columns: the first column to the left, columns of numbers to the right.
class TextTable {
public:
    explicit TextTable(std::vector<std::string> head);

    /// As many cells as the head has.
    void add(std::vector<std::string> cells);

    /// Lines, each with its line end.
    std::string text() const;

private:
    std::vector<std::vector<std::string>> m_rows; ///< the first one is the head
};

/// Text filled up with spaces on the right, and at least one.
std::string column(std::string text, std::size_t width);

/// A number with that many decimals.
std::string fixed(double value, int decimals);

} // namespace phial::cli
