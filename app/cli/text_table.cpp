// SPDX-License-Identifier: MIT
#include "app/cli/text_table.h"

#include "inference/base/error.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

namespace phial::cli {
namespace {

/// A figure, with its unit or not, or nothing.
bool isNumber(const std::string& cell) {
    return cell.empty() || std::isdigit(static_cast<unsigned char>(cell.front())) != 0 ||
           cell.front() == '-';
}

} // namespace

TextTable::TextTable(std::vector<std::string> head)
    : m_rows{std::move(head)} {}

void TextTable::add(std::vector<std::string> cells) {
    check(cells.size() == m_rows.front().size(), "a row has as many cells as the table's head");
    m_rows.push_back(std::move(cells));
}

std::string TextTable::text() const {
    const std::size_t columns = m_rows.front().size();
    std::vector<std::size_t> widths(columns);
    std::vector<bool> right(columns, true);
    for (std::size_t r = 0; r < m_rows.size(); ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            widths[c] = std::max(widths[c], m_rows[r][c].size());
            right[c] = right[c] && (r == 0 || isNumber(m_rows[r][c]));
        }
    }
    std::string out;
    for (const std::vector<std::string>& row : m_rows) {
        std::string line;
        for (std::size_t c = 0; c < columns; ++c) {
            const std::string space(widths[c] - row[c].size(), ' ');
            line += (c == 0 ? "" : "  ") + (right[c] ? space + row[c] : row[c] + space);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

std::string column(std::string text, std::size_t width) {
    text.resize(std::max(text.size() + 1, width), ' ');
    return text;
}

std::string fixed(double value, int decimals) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    return text.data();
}

} // namespace phial::cli
