// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

namespace phial::ui {

class Theme;

/// All keys, by purpose.
class ShortcutsPage : public QWidget {
    Q_OBJECT

public:
    ShortcutsPage(const Theme& theme, QWidget* parent);

Q_SIGNALS:
    void closeRequested();
};

} // namespace phial::ui
