// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <functional>

class QVBoxLayout;
class QWidget;

namespace phial::ui {

class Theme;

/// Fills `page` with a Back button, a heading and a scrolling column, and returns the column.
QVBoxLayout* makePageFrame(const Theme& theme, QWidget& page, const QString& heading,
                           const std::function<void()>& back);

} // namespace phial::ui
